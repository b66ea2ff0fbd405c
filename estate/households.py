"""Households of the estate and whom to notify. For now: the sample ones."""

from __future__ import annotations

import sqlite3

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import SubjectShreddedError, Vault
from . import samples

_SQL = load(__name__, "households.sql")


def load_samples(uow: UnitOfWork, vault: Vault, count: int = 1_200) -> int:
    """Add the first ``count`` sample households; those that are there stay. How many were new.

    Raises ``ValueError`` above :data:`.samples.MOST`.
    """
    made_up = list(samples.households(count))
    subjects = vault.subjects(uow, [household.number for household in made_up])
    new = 0
    for household, subject in zip(made_up, subjects, strict=True):
        place = (household.building, household.unit, household.room)
        if uow.execute(_SQL["find"], place).fetchone() is not None:
            continue
        key = uow.insert(_SQL["insert"], (new_id("h"), *place))
        uow.execute(_SQL["insert_resident"], (key, subject, household.role))
        new += 1
    if new:
        uow.record(Event(kind="config", action="households.samples", details={"added": new}))
    return new


def numbers(connection: sqlite3.Connection, vault: Vault) -> list[str]:
    """The numbers of all residents in E.164, household by household, each once; erased ones not."""
    found: dict[str, None] = {}
    for (subject,) in connection.execute(_SQL["subjects"]).fetchall():
        try:
            found[vault.number(connection, subject)] = None
        except SubjectShreddedError:
            continue
    return list(found)
