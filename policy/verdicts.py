"""What is told of a filter's verdict: in the record, in a hold, and for how long a text is kept."""

from __future__ import annotations

from ..store.events import Event
from .answers import FilterAnswer
from .callers import Caller
from .filter.detectors import PERSONAL

MAX_CATEGORIES = 8
MAX_PLACES = 20


def filter_event(caller: Caller, verdict: FilterAnswer, ref: str = "") -> Event:
    """What the filter found, without the words: they are part of the text."""
    return Event(
        kind="send",
        action=f"filter.{verdict.action}",
        actor=caller.actor,
        object=ref,
        result=verdict.action,
        details={
            "hits": len(verdict.hits),
            "categories": categories(verdict),
            "ruleset": verdict.ruleset,
        },
    )


def personal(verdict: FilterAnswer) -> bool:
    """Whether the text holds data about a person, as far as a detector can tell: then no copy of
    it is kept but under its recipients' keys, and none longer than theirs."""
    return any(hit.category in PERSONAL for hit in verdict.hits)


def places(verdict: FilterAnswer) -> str:
    """Where the hits are and how they were found, without the words: whoever decides has the text."""
    found = (f"{h.start}-{h.end} {h.category} ({h.view})" for h in verdict.hits[:MAX_PLACES])
    return "; ".join(found)


def categories(verdict: FilterAnswer) -> str:
    """Categories of the hits, comma-separated."""
    return ",".join(sorted({hit.category for hit in verdict.hits})[:MAX_CATEGORIES])
