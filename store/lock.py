"""``data_dir/lock``: whoever holds it is the one writer."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from .errors import StoreLockedError, StoreUnwritableError


class DataDirLock:
    """An advisory lock on a file; the kernel drops it when the process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises :class:`StoreLockedError` at once when it is held."""
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            msg = f"cannot write in the data directory {self.path.parent}: {error.strerror}"
            raise StoreUnwritableError(msg) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            msg = f"{self.path.parent} is in use by another estate-sms process"
            raise StoreLockedError(msg) from error
        os.ftruncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
