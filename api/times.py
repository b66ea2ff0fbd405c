"""Database times as aware datetimes, and back; msgspec writes them as RFC 3339 UTC."""

from __future__ import annotations

from datetime import datetime
from typing import overload

from ..store.clock import from_datetime, to_datetime
from .problems import ApiError


@overload
def moment(at: int) -> datetime: ...
@overload
def moment(at: None) -> None: ...
@overload
def moment(at: int | None) -> datetime | None: ...
def moment(at: int | None) -> datetime | None:
    """``at`` (microseconds since 1970 UTC) as an aware datetime."""
    return None if at is None else to_datetime(at)


def instant(given: datetime | None, field: str) -> int | None:
    """``given`` in microseconds since 1970 UTC. Raises 422 ``time_invalid`` without a time zone."""
    if given is None:
        return None
    if given.tzinfo is None:
        raise ApiError(
            422, "time_invalid", f"{field} needs a date, a time and a time zone.", field=field
        )
    return from_datetime(given)
