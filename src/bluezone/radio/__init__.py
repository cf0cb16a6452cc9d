"""The air as a port: bytes, dBm and seconds; it knows no keys.

`port.py` is what a phone sees. `adapter.py` opens real adapters and served virtual airs, `virtual/` is an air
in memory.
"""
