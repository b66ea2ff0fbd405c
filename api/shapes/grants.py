"""Keys that wait for a second person, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...policy.grants import Grant
from ..times import moment
from .proposals import ProposalAnswer, common


class GrantAnswer(ProposalAnswer, frozen=True, kw_only=True):
    """A key to be: ``proposed``, ``granted``, ``rejected``, or made ``alone`` at the machine."""

    key: str
    """The id that the key has, or will have."""
    name: str
    person: str | None
    scopes: list[str]
    expires_at: datetime | None


class GrantList(msgspec.Struct, frozen=True):
    """The newest grants, newest first."""

    items: list[GrantAnswer]


def shown(one: Grant) -> GrantAnswer:
    """A grant for a list."""
    return GrantAnswer(
        **common(one),
        key=one.key,
        name=one.name,
        person=one.person,
        scopes=list(one.scopes),
        expires_at=moment(one.expires_at),
    )
