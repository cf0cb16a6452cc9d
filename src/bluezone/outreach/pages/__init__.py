"""The pages of the offices and of units: sign in, instruct, report, sum up, write. Work without script."""
