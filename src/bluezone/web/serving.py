"""Serving a site on this machine: the first free port, and an end that leaves no open stream behind.

Decides what happens when a port is taken. Leaves what is served, and what to print, to the caller.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from litestar import Litestar

TRIED_PORTS = 20
_SHUTDOWN_S = 2


class PortTaken(OSError):
    """No free port was found on this address; another program, perhaps another Bluezone, uses them."""

    code = "port-taken"


class LocalServer(uvicorn.Server):
    """A server for one site.

    Args:
        app: the site.
        stopping: called when the server is asked to stop, so that open streams can end.
    """

    def __init__(self, app: Litestar, stopping: Callable[[], None] | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                server_header=False,
                log_level="warning",
                timeout_graceful_shutdown=_SHUTDOWN_S,
            )
        )
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or a kill: the streams end first."""
        if self._stopping is not None:
            self._stopping()
        super().handle_exit(sig, frame)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on this port, or on the next free one.

    Args:
        host: address or name to listen on.
        port: the first to try; 0 for any.

    Raises:
        PortTaken: this port and the next 19 are in use, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + TRIED_PORTS, 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
        except OSError:
            listener.close()
        else:
            return listener
    last = min(port + TRIED_PORTS, 65536) - 1
    raise PortTaken(f"no port from {port} to {last} of {host} can be used; choose another with --port")


def address_of(listener: socket.socket) -> str:
    """The address that a person opens in the browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
