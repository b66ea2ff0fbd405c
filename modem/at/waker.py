"""A byte in a pipe: wakes one thread out of ``poll`` from any other."""

from __future__ import annotations

import contextlib
import os


class Waker:
    """Wake-ups coalesce; :meth:`drain` takes them all."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def fileno(self) -> int:
        """What to poll for reading."""
        return self._read

    def wake(self) -> None:
        """Make the poll return, now or the next time; from any thread."""
        with contextlib.suppress(
            OSError
        ):  # full: a wake-up is pending already; closed: nobody sleeps
            os.write(self._write, b"\x00")

    def drain(self) -> None:
        """Take the pending wake-ups."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 4096)

    def close(self) -> None:
        """Close both ends; the owner calls it when no one can wake any more."""
        os.close(self._read)
        os.close(self._write)
