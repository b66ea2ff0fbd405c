"""Units that cost less together: many of a kind in one group are run as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .unit import UnitOfWork

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True, eq=False)
class Joint(Generic[ItemT, ResultT]):
    """A unit for :meth:`~.store.Store.write` whose kin in the same group may be run with it.

    ``together`` gets the items of all units that were given the same ``together``, in their order,
    and returns a result for each. When it raises, each is run alone, so that one bad item harms no
    other: it must leave nothing behind in memory then.
    """

    item: ItemT
    together: Callable[[UnitOfWork, Sequence[ItemT]], Sequence[ResultT]]

    def __call__(self, uow: UnitOfWork) -> ResultT:
        """Run it alone."""
        (result,) = self.together(uow, (self.item,))
        return result
