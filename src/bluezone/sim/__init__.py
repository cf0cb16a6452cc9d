"""People who do not exist: a world, its air, a town of real phones, and what is measured on it."""
