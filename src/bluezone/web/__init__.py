"""What the three faces share: page frame, language, assets, and the protections of a local site."""
