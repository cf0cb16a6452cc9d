"""Letters as files, read back."""
