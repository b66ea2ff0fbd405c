"""A record's clear header: canonical JSON, strict in every field.

``v`` version, ``o`` origin, ``seq`` gapless from 0, ``ep`` epoch, ``k`` class, ``ts`` RFC 3339 UTC,
``mono`` microseconds since boot, ``boot`` random per start, ``tq`` time source, ``prev`` leaf before.
The first record of an epoch has ``open`` and the last ``close`` besides; both have no body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_QUALITIES = frozenset(["ntp", "rtc", "gsm", "none"])
_BASE = frozenset(["v", "o", "seq", "ep", "k", "ts", "mono", "boot", "tq", "prev"])
_TS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_BOOT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Opening:
    """What ``epoch.open`` declares: commitment and wrap of the epoch's key, its signing key."""

    commitment: bytes
    public_key: bytes
    wrap: bytes


class Header(NamedTuple):
    """A parsed header. ``closing`` is the next epoch's public key."""

    origin: str
    seq: int
    epoch: int
    kind: str
    ts: str
    mono: int
    boot: str
    prev: bytes
    opening: Opening | None
    closing: bytes | None


def record_line(origin: str) -> re.Pattern[bytes]:
    """Matches an export's line of an ordinary record of this log, and only its canonical form.

    For :func:`matched_header`: most records need no JSON parser then. A line that does not match
    may still be sound (the first and last of an epoch are longer).
    """
    fields = (
        rb'"boot":"([0-9a-f]{16})","ep":(%(n)b),"k":"(%(k)b)","mono":(%(n)b),"o":"%(o)b",'
        rb'"prev":"([0-9A-Za-z+/]{43}=)","seq":(%(n)b),"tq":"(?:%(q)b)",'
        rb'"ts":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","v":1'
    ) % {
        b"n": rb"0|[1-9]\d{0,14}",  # surely below 2^53
        b"k": "|".join(sorted(KINDS)).encode(),
        b"q": "|".join(sorted(_QUALITIES)).encode(),
        b"o": re.escape(origin.encode()),
    }
    return re.compile(rb'\{"c":"([0-9A-Za-z+/=]*)","h":(\{' + fields + rb"\})\}\n")


def matched_header(match: re.Match[bytes], origin: str) -> Header | None:
    """The header in a match of :func:`record_line`; ``None`` when an epoch is out of range."""
    _, _, boot, epoch, kind, mono, prev, seq, ts = match.groups()
    if not 1 <= int(epoch) < 2**32:
        return None
    return Header(
        origin,
        int(seq),
        int(epoch),
        kind.decode(),
        ts.decode(),
        int(mono),
        boot.decode(),
        decode64(prev.decode()),
        None,
        None,
    )


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
        and isinstance(boot, str)
        and _BOOT.fullmatch(boot)
        and isinstance(raw["tq"], str)
        and raw["tq"] in _QUALITIES
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


def _closing(raw: object) -> bytes:
    if not isinstance(raw, dict) or raw.keys() != {"next"}:  # pyright: ignore[reportUnknownMemberType]
        msg = "an epoch.close with missing or unknown fields"
        raise FormatError(msg)
    return _octets(cast("dict[str, object]", raw)["next"], 32)


def _octets(value: object, length: int) -> bytes:
    data = decode64(value) if isinstance(value, str) else b""
    if len(data) != length:
        msg = f"a header field that should hold {length} octets"
        raise FormatError(msg)
    return data
