"""Word lists as the API shows them."""

from __future__ import annotations

import msgspec

from ...policy.word_lists import ListVersion
from .proposals import ProposalAnswer, common


class WordListVersion(ProposalAnswer, frozen=True, kw_only=True):
    """A version of the operator's word list, or a proposal: ``proposed``, ``in_force``,
    ``superseded`` or ``rejected``. ``hash`` is that of its rules."""

    name: str
    hash: str
    words: int


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
    return WordListVersion(**common(one), name=one.name, hash=one.hash, words=one.words)
