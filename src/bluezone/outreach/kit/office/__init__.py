"""Items that an office opens and changes: documents to fill in, and slides."""
