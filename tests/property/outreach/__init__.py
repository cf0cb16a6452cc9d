"""Fast roll-ups against slow, obvious twins."""
