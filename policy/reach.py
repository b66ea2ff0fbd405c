"""Whom a submitter reached unapproved in 24 hours: counted again only where a sum is not enough.

The exact count walks through everything the submitter sent that day. It is needed only near a rule's
limit: until then what was counted last and the sizes of the batches since are an upper bound.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from ..store.clock import SECOND
from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller

_SQL = load(__name__, "reach.sql")
WINDOW = 86_400 * SECOND
"""Sends of the last 24 hours count."""
HOUR = 3_600 * SECOND
_KEPT = 4_096
"""Submitters."""
_FAR = 5_000
"""Batches since the last count above which it is as well made anew."""

_Who = tuple[str, int | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Bound:
    most: int
    """Distinct recipients that it may have been, with all batches up to ``last``."""
    last: int
    since: int


class Reach:
    """One for the process: what was counted is good only while all batches come through it."""

    def __init__(self) -> None:
        self._bounds: dict[_Who, _Bound] = {}

    def unapproved(
        self,
        uow: UnitOfWork,
        caller: Caller,
        subjects: Collection[int],
        above: int,
        templates: Sequence[str],
    ) -> int:
        """Distinct recipients, ``subjects`` of one more send included: more than ``above`` only
        where they are. Batches sent as one of ``templates`` do not count."""
        who = (caller.actor, caller.person_id, tuple(templates))
        since = uow.now - WINDOW
        bound = self._advanced(uow, who, since)
        if bound is not None and bound.most + len(subjects) <= above:
            uow.on_commit(partial(self._keep, who, bound))
            return bound.most + len(subjects)
        counted = _counted(uow, who, since, above + 1)
        if len(counted) <= above:
            uow.on_commit(partial(self._keep, who, _bound(uow, who, since, len(counted))))
        return len(counted.union(subjects))

    def _advanced(self, uow: UnitOfWork, who: _Who, since: int) -> _Bound | None:
        """The last bound and what came since; ``None``: count anew."""
        bound = self._bounds.get(who)
        # Older ones count again when the clock was set back.
        if bound is None or not bound.since <= since <= bound.since + HOUR:
            return None
        last = uow.execute(_SQL["last"]).fetchone()[0]
        if not bound.last <= last <= bound.last + _FAR:
            return None
        added = uow.execute(_SQL["added"], (who[0], who[1], bound.last)).fetchone()[0]
        return _Bound(bound.most + added, last, since)

    def _keep(self, who: _Who, bound: _Bound) -> None:
        # Only once it is durable: numbers of batches that were rolled back are given again.
        if len(self._bounds) >= _KEPT:
            self._bounds.clear()
        self._bounds[who] = bound


def _counted(uow: UnitOfWork, who: _Who, since: int, limit: int) -> set[int]:
    actor, person, templates = who
    asked = (actor, person, since, limit, json.dumps(templates))
    return {row[0] for row in uow.execute(_SQL["unapproved"], asked)}


def _bound(uow: UnitOfWork, who: _Who, since: int, counted: int) -> _Bound:
    # A recall goes on to write messages into the batch it began with.
    recalls = uow.execute(_SQL["recalls"], (who[0], who[1], since)).fetchone()[0]
    return _Bound(counted + recalls, uow.execute(_SQL["last"]).fetchone()[0], since)
