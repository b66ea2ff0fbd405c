"""What many hand-overs came to, written down together where they went as they usually do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..store.sql import load
from ..store.unit import UnitOfWork
from .alike import move_alike
from .merit import KindOf, standard
from .outcomes import Settled, record
from .recall import Ladder
from .states import PartState
from .transmitter import PartResult

_SQL = load(__name__, "outcomes.sql")


@dataclass(frozen=True, slots=True)
class HandedBack:
    """What a modem answered to the attempts of one message.

    ``handed``: when each was handed over, microseconds since 1970. ``meaning``: what causes mean to
    the make of the modem.
    """

    results: Sequence[PartResult]
    handed: Mapping[int, int] = field(default_factory=dict[int, int])
    meaning: KindOf = standard


def record_all(
    uow: UnitOfWork, hands: Sequence[HandedBack], ladder: Ladder | None
) -> list[Settled]:
    """:func:`.outcomes.record` for each of ``hands``."""
    usual = _usual(uow, hands) if len(hands) > 1 else {}
    if usual:
        _accept(uow, hands, usual, ladder)
    return [
        Settled(requeued=usual[place].awaited)
        if place in usual
        else record(uow, hand.results, ladder, hand.handed, hand.meaning)
        for place, hand in enumerate(hands)
    ]


@dataclass(frozen=True, slots=True)
class _Usual:
    """A message of one part that was accepted, and of which no report came before that."""

    part: int
    message: int
    awaited: bool
    """Whether another message to the same number waits for this one."""


def _usual(uow: UnitOfWork, hands: Sequence[HandedBack]) -> dict[int, _Usual]:
    """By the place in ``hands``."""
    places = {
        hand.results[0].attempt: place
        for place, hand in enumerate(hands)
        if len(hand.results) == 1
        and hand.results[0].outcome == "accepted"
        and not hand.results[0].cause
    }
    rows = uow.execute(_SQL["usual"], (json.dumps(list(places)),))
    return {places[row[0]]: _Usual(row[1], row[2], bool(row[3])) for row in rows}


def _accept(
    uow: UnitOfWork,
    hands: Sequence[HandedBack],
    usual: Mapping[int, _Usual],
    ladder: Ladder | None,
) -> None:
    answers = {place: hands[place].results[0] for place in usual}
    uow.executemany(
        _SQL["close_attempt"],
        [
            (r.outcome, r.tp_mr, None, hands[i].handed.get(r.attempt), r.answered_at, r.attempt)
            for i, r in answers.items()
        ],
    )
    taken = {one.part: answers[place].tp_mr for place, one in usual.items()}
    move_alike(uow, taken, PartState.SUBMITTING, PartState.SUBMITTED)
    if ladder is not None:
        ladder.all_settled(uow, [one.message for one in usual.values()])
