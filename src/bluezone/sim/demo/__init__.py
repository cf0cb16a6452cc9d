"""The live demo: a page on which a presenter sees the town, and every phone's own screens."""
