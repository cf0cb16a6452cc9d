"""The authority's rules and parts."""
