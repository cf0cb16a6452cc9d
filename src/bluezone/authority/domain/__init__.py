"""What the authority decides: pure rules over values, with `now` and random bytes as arguments."""
