"""The screens that a resident sees: a small local site over one phone."""
