"""The epochs of a log, each announced by the one before, as the clear headers tell them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .errors import FormatError
from .headers import DAY, STOP, Closing, Header, Opening
from .notes import encode64
from .sealing import commitment

MAX_DAY = 26 * 3600
"""Seconds: the longest local day, and an hour for a store that could not write."""
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
    began: Header
    last: int | None = None

    @property
    def name(self) -> bytes:
        """Its number, as headers spell it."""
        return b"%d" % self.number

    def listed(self) -> dict[str, Any]:
        """Its entry in ``epochs.json``."""
        public = encode64(self.public_key)
        return {"epoch": self.number, "first": self.first, "last": self.last, "pk": public}


class Succession:
    """The epochs so far; ``announced`` is the next signing key while none is open."""

    def __init__(self, origin: str, epoch_key: EpochKey) -> None:
        self.epochs: list[Epoch] = []
        self.announced: bytes | None = None
        self.findings: list[str] = []
        self._ended: Header | None = None
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
            self._end(header, header.closing)

    def end(self) -> None:
        """The log ends here. Raises :class:`FormatError` when the next epoch had already begun."""
        if self._ended is not None and self._cut_after(self._ended):
            raise FormatError("the log was cut: the epoch that followed at once is missing")

    @property
    def current(self) -> Epoch | None:
        """The open epoch."""
        return self.epochs[-1] if self.announced is None and self.epochs else None

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
            self._follows(header)
        if header.epoch != len(self.epochs) + 1:
            raise FormatError("an epoch is missing")
        key = self._epoch_key(header.epoch, opening)
        if key is not None and commitment(key, self._origin, header.epoch) != opening.commitment:
            raise FormatError("the epoch's key is not the one the log committed to")
        self.epochs.append(
            Epoch(header.epoch, header.seq, opening.public_key, opening, key, header)
        )
        self.announced = None
        self._ended = None

    def _end(self, header: Header, closing: Closing) -> None:
        epoch = self.epochs[-1]
        epoch.last = header.seq
        self.announced = closing.next_key
        self._ended = header
        began = epoch.began
        ran = (header.mono - began.mono) // 1_000_000
        if closing.why == DAY and header.boot == began.boot and ran > MAX_DAY:
            self.findings.append(
                f"record {header.seq}: the epoch ran for {ran // 3600} hours; a day should end it"
            )

    def _follows(self, header: Header) -> None:
        """That nothing is missing between the last epoch's end and this one's beginning."""
        ended = self._ended
        assert ended is not None
        if self._cut_after(ended) and header.instant() != ended.instant():
            raise FormatError(
                "records are missing: the epoch that followed at once is not this one"
            )
        gap = days_between(ended.ts, header.ts)
        if gap > 1:
            self.findings.append(
                f"record {header.seq}: no record for {gap} days; the machine was off, or an anchor "
                "from those days would tell otherwise"
            )

    @staticmethod
    def _cut_after(ended: Header) -> bool:
        return ended.closing is not None and ended.closing.why != STOP


def days_between(earlier: str, later: str) -> int:
    """Whole days between two times (RFC 3339). Raises :class:`FormatError`."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days
    except ValueError as error:
        raise FormatError("a time that does not exist") from error
