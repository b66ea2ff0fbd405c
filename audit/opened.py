"""The table for people with every body that a key opens: how an auditor reads a file made for them."""

from __future__ import annotations

from typing import BinaryIO


class EveryEpoch:
    """Shows the bodies of any epoch whose key is there, disclosed in the file or not."""

    def __contains__(self, epoch: object) -> bool:
        return True


class OpenedTable:
    """Writes the rows that a verification goes through; ``person`` (a subject's name in the log,
    hexadecimal): those alone that carry its personal fields."""

    def __init__(self, out: BinaryIO, person: str = "") -> None:
        self._out = out
        self._named = f"={person}".encode() if person else b""
        self._heading = True

    def expect(self, piece: bytes) -> None:
        """The next row."""
        if self._heading or self._named in piece:
            self._out.write(piece)
        self._heading = False
