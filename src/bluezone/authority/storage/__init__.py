"""What the authority keeps: the nouns of `domain` in tables, and the published files."""
