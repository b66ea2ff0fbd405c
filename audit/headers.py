"""A record's clear header: canonical JSON, strict in every field.

``v`` version, ``o`` origin, ``seq`` gapless from 0, ``ep`` epoch, ``k`` class, ``ts`` RFC 3339 UTC,
``mono`` microseconds since boot, ``boot`` random per start, ``tq`` time source, ``prev`` leaf before.
The first record of an epoch has ``open`` and the last ``close`` besides; both have no body. Unless an
epoch ended with the service (``why`` is ``stop``), the next one opens in the same instant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from .canonical import parse_object
from .errors import FormatError
from .notes import decode64
from .sealing import SUITE, WRAP_OCTETS

KINDS = frozenset(
    [
        "send",
        "approve",
        "recall",
        "access",
        "config",
        "key",
        "export",
        "drill",
        "rights",
        "clock",
        "sys",
    ],
)
QUALITIES = frozenset(["ntp", "rtc", "gsm", "none"])
STOP, DAY, RECORDS, START = "stop", "day", "records", "start"
"""Why an epoch ended: the service stopped, the day was over, it was full, it was found unclosed."""
_ENDS = frozenset([STOP, DAY, RECORDS, START])
_BASE = frozenset(["v", "o", "seq", "ep", "k", "ts", "mono", "boot", "tq", "prev"])
_TS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_BOOT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What ``epoch.open`` declares: commitment and wrap of the epoch's key, its signing key."""

    commitment: bytes
    public_key: bytes
    wrap: bytes


class Closing(NamedTuple):
    """What ``epoch.close`` declares: the next epoch's public key, and why the epoch ended."""

    next_key: bytes
    why: str


class Header(NamedTuple):
    """A parsed header."""

    origin: str
    seq: int
    epoch: int
    kind: str
    ts: str
    mono: int
    boot: str
    prev: bytes
    opening: Opening | None
    closing: Closing | None

    def instant(self) -> tuple[str, str, int]:
        """Same for records of one group, and for no others."""
        return self.boot, self.ts, self.mono


def parse_header(data: bytes) -> Header:
    """The header in ``data``. Raises :class:`FormatError`."""
    return header_of(parse_object(data))


def header_of(raw: dict[str, object]) -> Header:
    """The header in a decoded JSON object. Raises :class:`FormatError`."""
    extra = raw.keys() - _BASE
    if len(raw) - len(extra) != len(_BASE) or extra not in (set(), {"open"}, {"close"}):
        msg = "a header with missing or unknown fields"
        raise FormatError(msg)
    origin, seq, epoch, prev = raw["o"], raw["seq"], raw["ep"], raw["prev"]
    kind, ts, mono, boot = raw["k"], raw["ts"], raw["mono"], raw["boot"]
    # bool is an int to isinstance
    sound = (
        type(raw["v"]) is int
        and raw["v"] == 1
        and type(seq) is int
        and seq >= 0
        and type(epoch) is int
        and 1 <= epoch < 2**32
        and type(mono) is int
        and isinstance(origin, str)
        and isinstance(prev, str)
        and isinstance(kind, str)
        and kind in KINDS
        and isinstance(ts, str)
        and _TS.fullmatch(ts)
        and _exists(ts)
        and isinstance(boot, str)
        and _BOOT.fullmatch(boot)
        and isinstance(raw["tq"], str)
        and raw["tq"] in QUALITIES
    )
    if not sound:
        msg = "a header with a value of the wrong form"
        raise FormatError(msg)
    return Header(
        cast("str", origin),
        cast("int", seq),
        cast("int", epoch),
        cast("str", kind),
        cast("str", ts),
        cast("int", mono),
        cast("str", boot),
        _octets(prev, 32) if prev else b"",
        _opening(raw["open"]) if "open" in extra else None,
        _closing(raw["close"]) if "close" in extra else None,
    )


def _exists(ts: str) -> bool:
    try:
        datetime.fromisoformat(ts)
    except ValueError:
        return False
    return True


def _opening(raw: object) -> Opening:
    if not isinstance(raw, dict) or raw.keys() != {"kc", "pk", "suite", "wrap"}:  # pyright: ignore[reportUnknownMemberType]
        msg = "an epoch.open with missing or unknown fields"
        raise FormatError(msg)
    fields = cast("dict[str, object]", raw)
    if fields["suite"] != SUITE:
        msg = "an epoch with an unknown suite"
        raise FormatError(msg)
    return Opening(
        _octets(fields["kc"], 32), _octets(fields["pk"], 32), _octets(fields["wrap"], WRAP_OCTETS)
    )


def _closing(raw: object) -> Closing:
    if not isinstance(raw, dict) or raw.keys() != {"next", "why"}:  # pyright: ignore[reportUnknownMemberType]
        msg = "an epoch.close with missing or unknown fields"
        raise FormatError(msg)
    fields = cast("dict[str, object]", raw)
    why = fields["why"]
    if not isinstance(why, str) or why not in _ENDS:
        msg = "an epoch that ended for no known reason"
        raise FormatError(msg)
    return Closing(_octets(fields["next"], 32), why)


def _octets(value: object, length: int) -> bytes:
    data = decode64(value) if isinstance(value, str) else b""
    if len(data) != length:
        msg = f"a header field that should hold {length} octets"
        raise FormatError(msg)
    return data
