"""Documents, layout and house rules, held to what the code really is."""
