"""The encrypted store of one phone: `vault` holds keys, `days` what was heard, `ledger` everything else."""
