"""systemd's readiness and watchdog protocol: datagrams to ``$NOTIFY_SOCKET`` (sd_notify(3))."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable


def notify(state: str) -> bool:
    """Tell the service manager ``state`` (``READY=1``, ``STOPPING=1``, …); whether one listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(state.encode(), address)
        except OSError:
            return False
    return True


def watchdog_interval() -> float | None:
    """Half of what systemd allows between two signs of life, in seconds; ``None`` without one."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    return int(usec) / 2_000_000 if usec.isdigit() and pid == str(os.getpid()) else None


async def feed_watchdog(alive: Callable[[], bool]) -> None:
    """Signal life for as long as ``alive()``; returns at once without a watchdog.

    ``alive`` asks the dispatcher: a loop that turns while nothing is sent is no sign of life.
    """
    interval = watchdog_interval()
    while interval:
        if alive():
            notify("WATCHDOG=1")
        await asyncio.sleep(interval)
