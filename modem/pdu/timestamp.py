"""Time stamps: seven semi-octet pairs, the last one the UTC offset (3GPP TS 23.040 §9.2.3.11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from .errors import PduError

_QUARTER = timedelta(minutes=15)
_MAX_QUARTERS = 79  # three bits of tens
_CENTURY_TURNS = 90  # two-digit years from here on are 19xx
_NEGATIVE = 0x08
_NO_NUMBER = 0xFF  # as month, day, hour, minute or second no time has it

# What each octet says: the tens are in its lower half.
_NUMBERS = bytes(
    low * 10 + high if low <= 9 and high <= 9 else _NO_NUMBER
    for high in range(16)
    for low in range(16)
)
_ZONES = {
    high << 4 | low: timezone((1 - 2 * (low >> 3)) * ((low & 7) * 10 + high) * _QUARTER)
    for high in range(10)
    for low in range(16)
}


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
    year, month, day, hour, minute, second = octets[:6].translate(_NUMBERS)
    zone = _ZONES.get(octets[6])
    if zone is None or year == _NO_NUMBER:
        return None
    year += 1900 if year >= _CENTURY_TURNS else 2000
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
