"""Validity period, TP-VP (3GPP TS 23.040 §9.2.3.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .errors import PduError
from .octets import Reader
from .timestamp import decode_timestamp, encode_timestamp

_HOUR = 60
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY

MAX_MINUTES = 63 * _WEEK
"""What the highest octet stands for."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Valid for ``minutes`` after the service centre accepts the message.

    Encoded in one octet, so rounded **up** to the next step (never shorter than asked):
    5-minute steps to 12 h, half hours to 24 h, days to 30 d, weeks to 63 weeks. At least 5 minutes;
    anything above 63 weeks (635,040 minutes) becomes 63 weeks.
    """

    minutes: int


@dataclass(frozen=True, slots=True)
class Absolute:
    """Valid until ``at``: an aware datetime, to the second (a fraction is dropped).

    Its UTC offset is kept if it is whole quarter hours.
    """

    at: datetime


Validity = Relative | Absolute

# TP-VPF, bits 4 and 3 of the first octet.
_FORMAT = 0x18
_ENHANCED = 0x08
_RELATIVE = 0x10
_ABSOLUTE = 0x18


def within(minutes: int) -> Relative:
    """The longest period one octet stands for that is not above ``minutes``; at least 5 minutes."""
    octet = _relative_octet(max(minutes, 0))
    while octet and _minutes(octet) > minutes:
        octet -= 1
    return Relative(_minutes(octet))


def encode_validity(validity: Validity | None) -> tuple[int, bytes]:
    """Return the TP-VPF bits in place and the TP-VP octets.

    Raises PduError for a negative period and for a time that has no time stamp.
    """
    match validity:
        case None:
            return 0, b""
        case Relative(minutes):
            return _RELATIVE, bytes((_relative_octet(minutes),))
        case Absolute(at):
            return _ABSOLUTE, encode_timestamp(at)


def read_validity(first_octet: int, reader: Reader) -> Validity | None:
    """Read the TP-VP that ``first_octet`` announces.

    Raises PduError for an invalid time, and for the enhanced format, which no modem here sends.
    """
    form = first_octet & _FORMAT
    if form == 0:
        return None
    if form == _RELATIVE:
        return Relative(_minutes(reader.octet("TP-VP")))
    at = decode_timestamp(reader.take(7, "TP-VP"))
    if form == _ENHANCED:
        raise PduError("TP-VP: enhanced format")
    if at is None:
        raise PduError("TP-VP: not a time")
    return Absolute(at)


def _relative_octet(minutes: int) -> int:
    if minutes < 0:
        raise PduError("TP-VP: a negative period")
    if minutes <= 12 * _HOUR:
        return max(_steps(minutes, 5), 1) - 1
    if minutes <= _DAY:
        return 143 + _steps(minutes - 12 * _HOUR, 30)
    if minutes <= 30 * _DAY:
        return 166 + _steps(minutes, _DAY)
    return 192 + _steps(min(minutes, MAX_MINUTES), _WEEK)


def _steps(minutes: int, step: int) -> int:
    return -(-minutes // step)


def _minutes(octet: int) -> int:
    if octet <= 143:
        return (octet + 1) * 5
    if octet <= 167:
        return 12 * _HOUR + (octet - 143) * 30
    if octet <= 196:
        return (octet - 166) * _DAY
    return (octet - 192) * _WEEK
