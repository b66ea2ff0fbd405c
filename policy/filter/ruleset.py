"""The hash by which every send and its record name the rules. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from .entries import Entry, strictest

_FORMAT = "estate-sms/filter/3"
"""Enters the rule-set hash: change it with the meaning of fold, views or matching."""


def ruleset_of(entries: Iterable[Entry]) -> str:
    """The hash of the rules that would be built of ``entries``, in any order."""
    return hashed(entry for entry, _ in strictest(entries))


def hashed(entries: Iterable[Entry]) -> str:
    """The same of entries that were chosen already, in their order."""
    whole = hashlib.sha256(_FORMAT.encode())
    for entry in entries:
        # No field holds these separators but a word of one's own making, and then only its hash errs.
        whole.update("\x1f".join([*entry.row(), "\x1e"]).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()
