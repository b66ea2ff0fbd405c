"""``data_dir/ballast``: space kept back, so that an emergency can still be written on a full disk.

Made at start, given up only for an emergency, and made again once there is room. While it is given
up, ordinary sends are refused: what it freed is for warnings and their outcomes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from pathlib import Path

FILE = "ballast"
OCTETS = 64 * 1024 * 1024
"""Some hundred thousand messages with their records."""


class Ballast:
    """One for a data directory; used on the event loop."""

    def __init__(self, data_dir: Path, octets: int = OCTETS) -> None:
        self.path = data_dir / FILE
        self._octets = octets
        self.released = False
        """Given up, and not made again yet: only emergencies are accepted."""

    def fill(self) -> bool:
        """Make the file of real blocks, when as much again stays free; whether it is there now."""
        with contextlib.suppress(OSError):
            if self.path.stat().st_size >= self._octets:
                self.released = False
                return True
        try:
            if shutil.disk_usage(self.path.parent).free < 2 * self._octets:
                return False
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._octets)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
            return False
        self.released = False
        return True

    def release(self) -> bool:
        """Give the space to the database; whether there was any to give."""
        try:
            freed = self.path.stat().st_size > 0
            self.path.unlink()
        except OSError:
            return False
        self.released = True
        return freed

    async def keep(self, seconds: float = 60.0) -> None:
        """Make it again whenever it is missing and there is room, until cancelled."""
        while True:
            if not self.path.exists():
                await asyncio.to_thread(self.fill)
            await asyncio.sleep(seconds)
