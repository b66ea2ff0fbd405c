"""Word lists as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...policy.word_lists import ListVersion
from ..times import moment


class WordListVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the operator's word list, or a proposal. ``hash`` is that of its rules."""

    id: str
    name: str
    hash: str
    words: int
    state: str
    """``proposed``, ``in_force``, ``superseded`` or ``rejected``."""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class WordListVersions(msgspec.Struct, frozen=True, kw_only=True):
    """The newest versions and proposals, newest first, and the hash of all rules in force."""

    ruleset: str
    items: list[WordListVersion]


class WordListChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal would change: ``+`` new, ``-`` gone, ``~`` changed."""

    changes: list[str]


class WordListText(msgspec.Struct, frozen=True, kw_only=True):
    """A list as CSV with every column."""

    text: str


def version(one: ListVersion) -> WordListVersion:
    """A version for a list."""
    return WordListVersion(
        id=one.id,
        name=one.name,
        hash=one.hash,
        words=one.words,
        state=one.state,
        proposed_by=one.proposed_by,
        proposed_at=moment(one.proposed_at),
        decided_by=one.decided_by,
        decided_at=moment(one.decided_at),
        reason=one.reason,
    )
