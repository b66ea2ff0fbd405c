"""The bank: N emulated modems on ptys (or TCP ports) in one loop."""

from __future__ import annotations

from pathlib import Path

from .settings import Settings


class EmulatedBank:
    """N modems, their ports ``D/modem0`` …, the control socket and the air log in ``directory``.

    ``serve()`` blocks until ``stop()``; ``with bank:`` serves in a thread instead.
    """

    def __init__(self, count: int, directory: Path | str, settings: Settings | None = None) -> None:
        raise NotImplementedError

    @property
    def ports(self) -> list[str]:
        """What a driver opens, in the order of the modems."""
        raise NotImplementedError

    def serve(self) -> None:
        """Run all modems until ``stop``; returns with every port and file closed."""
        raise NotImplementedError

    def stop(self) -> None:
        """End ``serve``; may be called from any thread or a signal handler."""
        raise NotImplementedError


def run_bank(
    count: int,
    directory: Path | str,
    settings: Settings | None = None,
    *,
    die_with_stdin: bool = False,
) -> int:
    """Run a bank in the foreground; returns the exit status.

    Prints ``{"ready": true, "ports": […]}`` on stdout once the ports are open. Ends cleanly on
    SIGTERM and SIGINT and, with ``die_with_stdin``, when stdin reaches its end.
    """
    raise NotImplementedError
