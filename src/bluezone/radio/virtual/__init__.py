"""The virtual air: phones that meet in memory, at two depths behind the same port.

Both depths share the medium (who hears whom, how strongly) and the advertising train (when a packet is sent),
so that both hear the same packets: `frame` computes them, `ether` and `controller` deliver them over HCI.
"""
