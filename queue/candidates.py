"""The few messages that a SIM may take next, found by single steps into partial indexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ..store.clock import SECOND
from ..store.sql import load
from ..store.unit import UnitOfWork
from .intents import Sim, Wants
from .plan.affinity import Reach, within_reach
from .plan.choose import Head
from .routes import NO_ROUTES, Routes, fits
from .standing import Standing

_SQL = load(__name__, "claim.sql")
_PLMN = 5
"""Digits of an IMSI that name country and operator (ITU-T E.212; two-digit MNC)."""
_ELSEWHERE = 60 * SECOND
"""How long a message that should go by another SIM is kept for one."""


class Candidates:
    """Knows the SIMs that can send now. :meth:`present` may be called on any thread."""

    def __init__(self, routes: Routes = NO_ROUTES) -> None:
        self._routes = routes
        self._sims: Mapping[str, Standing] = {}
        self._operators: frozenset[str] = frozenset()
        self._mine: dict[str, frozenset[str]] = {}

    def present(self, sims: Mapping[str, Standing]) -> None:
        """The SIMs that can send from now on, by IMSI."""
        self._sims = sims
        self._operators = frozenset(imsi[:_PLMN] for imsi in sims)

    def standing(self, imsi: str) -> Standing | None:
        """Of a SIM that can send."""
        return self._sims.get(imsi)

    def heads(self, uow: UnitOfWork, sim: Sim, wants: Wants) -> Sequence[Head]:
        """Of each class and kind the first that ``sim`` may take."""
        sims, plmn = self._sims, sim.imsi[:_PLMN]
        alone = not sims or (len(sims) == 1 and sim.imsi in sims)
        asked = {
            "imsi": sim.imsi,
            "avoiding": "" if alone else sim.imsi,
            "plmn": "" if self._operators <= {plmn} else plmn,
            "patient": uow.now - _ELSEWHERE,
        }
        if wants == "emergency":
            return [Head._make(row) for row in uow.execute(_SQL["emergency_heads"], asked)]
        heads = [Head._make(row) for row in uow.execute(_SQL["heads"], asked)]
        mine = self._mine.get(sim.imsi)
        if mine is None:
            mine = frozenset({sim.imsi, *self._routes.served_by(sim.imsi)})
            self._mine[sim.imsi] = mine
        for key in mine - {sim.imsi} if len(mine) > 1 else ():
            heads += [Head._make(row) for row in uow.execute(_SQL["routed_heads"], (key,))]
        own = sims.get(sim.imsi)
        if own is not None and own.full:
            heads = [h for h in heads if h.priority == 0 or h.prefer == sim.imsi]
        if all(h.prefer is None or h.prefer in mine for h in heads):
            return heads
        reach = partial(self._reach, sim=sim, now=uow.now)
        return within_reach(heads, uow.now, mine, reach, len(sims))

    def _reach(self, prefer: str, sim: Sim, now: int) -> Reach:
        sims = self._sims
        if (one := sims.get(prefer)) is not None:
            return one.reach(now)
        if fits(prefer, sim.imsi):
            return "no"  # a route of an older configuration, which this SIM meets itself
        found = {standing.reach(now) for imsi, standing in sims.items() if fits(prefer, imsi)}
        return "now" if "now" in found else "soon" if "soon" in found else "no"
