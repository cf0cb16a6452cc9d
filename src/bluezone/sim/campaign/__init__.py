"""A campaign as it ran in 2020, with people who do not exist: one instruction, fourteen units, one letter."""
