"""Hashes and checks passwords, in threads: argon2 takes a tenth of a second and 64 MiB on purpose."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2


class Passwords:
    """Argon2id with the package's own parameters; two at once, so that sign-ins cannot eat the memory.

    Args:
        hasher: with which parameters; tests pass a cheap one.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bluezone-passwords")
        # What is checked when there is no such account: the answer must take as long.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def is_right(self, kept: str, password: str) -> bool:
        """Whether a password is the one that was kept; takes as long when nothing was (`kept` empty)."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, kept, password)

    def close(self) -> None:
        """Lets go of the threads."""
        self._threads.shutdown(wait=False)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept or self._nobody, password) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False
