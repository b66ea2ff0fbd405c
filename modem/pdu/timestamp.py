"""Time stamps: seven semi-octet pairs, the last one the UTC offset (3GPP TS 23.040 §9.2.3.11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from .errors import PduError

_QUARTER = timedelta(minutes=15)
_MAX_QUARTERS = 79  # three bits of tens
_CENTURY_TURNS = 90  # two-digit years from here on are 19xx
_NEGATIVE = 0x08


def encode_timestamp(at: datetime | None) -> bytes:
    """Encode an aware datetime to the second (a fraction is dropped); None becomes seven zeros.

    An offset that is not whole quarter hours within ±19:45 is turned into UTC.
    Raises PduError for a naive datetime and for years outside 1990–2089.
    """
    if at is None:
        return bytes(7)
    offset = at.utcoffset()
    if offset is None:
        raise PduError("time: a datetime without UTC offset")
    quarters, rest = divmod(offset, _QUARTER)
    if rest or abs(quarters) > _MAX_QUARTERS:
        at, quarters = _utc(at), 0
    if not 1900 + _CENTURY_TURNS <= at.year < 2000 + _CENTURY_TURNS:
        raise PduError("time: year outside 1990 to 2089")
    fields = (at.year % 100, at.month, at.day, at.hour, at.minute, at.second)
    zone = _swapped(abs(quarters)) | (_NEGATIVE if quarters < 0 else 0)
    return bytes([*map(_swapped, fields), zone])


def decode_timestamp(octets: bytes) -> datetime | None:
    """Decode seven octets; None for zeros and for anything that is no time.

    A report with a broken time is still a report: it must not be lost over this.
    """
    digits = [(octet & 0x0F, octet >> 4) for octet in octets]
    tens, units = digits[6]
    sign = -1 if tens & _NEGATIVE else 1
    if units > 9 or any(high > 9 or low > 9 for high, low in digits[:6]):
        return None
    year, month, day, hour, minute, second = (high * 10 + low for high, low in digits[:6])
    year += 1900 if year >= _CENTURY_TURNS else 2000
    zone = timezone(sign * (tens & ~_NEGATIVE) * 10 * _QUARTER + sign * units * _QUARTER)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise PduError("time: out of range") from None


def _swapped(value: int) -> int:
    return (value % 10) << 4 | value // 10
