"""Rows of ``person``, as the verbs of this room read them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from ..store.sql import load
from .errors import PolicyError

_SQL = load(__name__, "people.sql")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of ``person``; times in microseconds since 1970 UTC."""

    key: int
    """``person.id``."""
    id: str
    """The public id."""
    name: str = field(repr=False)
    created_at: int
    disabled_at: int | None


def find_person(connection: sqlite3.Connection, named: str) -> Person:
    """The person with this public id or name. Raises ``not_found``."""
    row = connection.execute(_SQL["find"], (named.strip(),)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="person")
    return Person(*row)


def all_persons(connection: sqlite3.Connection) -> list[Person]:
    """Everyone, oldest first."""
    return [Person(*row) for row in connection.execute(_SQL["all"]).fetchall()]
