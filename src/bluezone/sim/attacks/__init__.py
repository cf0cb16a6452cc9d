"""Forty numbered attacks on the running protocol; the tests and the command call the same functions.

Each attack uses the parts that are deployed. Where a guard decides the outcome, `controls` holds a twin
without that guard, so that the same attack can be seen to succeed. Source: docs/protocol.md, section 11.
"""
