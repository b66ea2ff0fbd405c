"""The epochs of a log, each announced by the one before, as the clear headers tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import FormatError
from .headers import Header, Opening
from .notes import encode64
from .sealing import commitment

EpochKey = Callable[[int, Opening], bytes | None]
"""Gives the data key of an epoch, if it is known."""


@dataclass
class Epoch:
    """What the clear headers told of an epoch."""

    number: int
    first: int
    public_key: bytes
    opening: Opening
    key: bytes | None
    last: int | None = None

    def listed(self) -> dict[str, Any]:
        """Its entry in ``epochs.json``."""
        public = encode64(self.public_key)
        return {"epoch": self.number, "first": self.first, "last": self.last, "pk": public}


class Succession:
    """The epochs so far; ``announced`` is the next signing key while none is open."""

    def __init__(self, origin: str, epoch_key: EpochKey) -> None:
        self.epochs: list[Epoch] = []
        self.announced: bytes | None = None
        self._origin = origin
        self._epoch_key = epoch_key

    def inside(self) -> None:
        """Raises :class:`FormatError` when no epoch is open."""
        if self.announced is not None or not self.epochs:
            raise FormatError("a record outside any epoch")

    def follow(self, header: Header) -> None:
        """Take the next record's header. Raises :class:`FormatError` if it does not belong here."""
        if header.opening is not None:
            self._begin(header, header.opening)
        else:
            self.inside()
        if header.epoch != self.epochs[-1].number:
            raise FormatError("a record of another epoch")
        if header.closing is not None:
            self.epochs[-1].last = header.seq
            self.announced = header.closing

    def signer(self) -> tuple[int, bytes]:
        """Number and public key of the epoch that signs now: the open one, or the one announced."""
        last = self.epochs[-1]
        if self.announced is not None:
            return last.number + 1, self.announced
        return last.number, last.public_key

    def _begin(self, header: Header, opening: Opening) -> None:
        if self.epochs:
            if self.announced is None:
                raise FormatError("an epoch begins before the last one was closed")
            if self.announced != opening.public_key:
                raise FormatError("the epoch's signing key is not the one that was announced")
        if header.epoch != len(self.epochs) + 1:
            raise FormatError("an epoch is missing")
        key = self._epoch_key(header.epoch, opening)
        if key is not None and commitment(key, self._origin, header.epoch) != opening.commitment:
            raise FormatError("the epoch's key is not the one the log committed to")
        self.epochs.append(Epoch(header.epoch, header.seq, opening.public_key, opening, key))
        self.announced = None
