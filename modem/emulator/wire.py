"""The bytes a modem says, in order, whole or in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Line(Protocol):
    """What a port offers a modem."""

    def write(self, data: bytes) -> None:
        """Send bytes to the terminal; never blocks."""
        ...

    def unplug(self) -> None:
        """Vanish from the bus."""
        ...

    def replug(self) -> None:
        """Come back."""
        ...


class Wire:
    """Writes to the line; what is said while something goes out in pieces waits behind it."""

    def __init__(
        self,
        line: Line,
        later: Callable[[float, Callable[[], None]], None],
        line_end: str = "\r\n",
    ) -> None:
        self._line = line
        self._line_end = line_end.encode()
        self._later = later
        self._behind: list[bytes] | None = None

    def reset(self) -> None:
        """Forget what was not said yet."""
        self._behind = None

    def write(self, data: bytes) -> None:
        """Send to the terminal, behind what is still being sent in pieces.

        Line ends become the modem's own.
        """
        data = data.replace(b"\r\n", self._line_end)
        if self._behind is not None:
            self._behind.append(data)
        else:
            self._line.write(data)

    def write_in_pieces(self, data: bytes, pause: float = 0.005) -> None:
        """Send ``data`` in three writes, ``pause`` seconds apart."""
        data = data.replace(b"\r\n", self._line_end)
        if self._behind is not None:
            self._behind.append(data)
            return
        third = max(1, len(data) // 3)
        rest = [data[third : 2 * third], data[2 * third :]]
        self._behind = []
        self._line.write(data[:third])

        def more() -> None:
            self._line.write(rest.pop(0))
            if rest:
                self._later(pause, more)
                return
            behind, self._behind = self._behind or [], None
            for waiting in behind:
                self._line.write(waiting)

        self._later(pause, more)
