"""The bytes and rules that two places must agree on; everything here is pure.

Nothing in this package reads a clock, a file, a socket or a random source: `now` and random
bytes are arguments. The normative text is docs/protocol.md; where it leaves a choice, a vector
in tests/vectors fixes it.
"""
