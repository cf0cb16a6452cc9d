"""Bluezone: warns people who were close to an infected person, without anybody learning who met whom."""
