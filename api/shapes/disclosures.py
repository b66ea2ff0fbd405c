"""Requests for a ledger in full, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...estate.disclosure import FOREVER, Disclosure
from ..times import moment
from .proposals import ProposalAnswer, common


class DisclosureAnswer(ProposalAnswer, frozen=True, kw_only=True):
    """One request: ``state`` is ``proposed``, ``allowed``, ``rejected`` or ``used``."""

    purpose: str
    since: datetime | None
    until: datetime | None
    expires_at: datetime
    used_at: datetime | None


class DisclosureList(msgspec.Struct, frozen=True, kw_only=True):
    """Requests, newest first."""

    items: list[DisclosureAnswer]


def answer(one: Disclosure) -> DisclosureAnswer:
    """One request."""
    return DisclosureAnswer(
        **common(one),
        purpose=one.purpose,
        since=moment(one.since or None),
        until=None if one.until == FOREVER else moment(one.until),
        expires_at=moment(one.expires_at),
        used_at=moment(one.used_at),
    )
