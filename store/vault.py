"""The Protocol by which rooms seal personal data; ``audit`` implements it.

A *subject* is the holder of one phone number. Tables refer to it by ``subject.id``; the number
itself stands only in ``subject.number_sealed``. Erasing a subject destroys its key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol

from .errors import StoreError
from .unit import UnitOfWork

BOX = 0
"""The subject id of the box itself: for sealed values that belong to no resident."""
ANSWERS = -1
"""The box's second key, for short-lived values that name residents (idempotency answers). A
rotation of the key-encryption key replaces it, so that old copies of them stay closed."""


class VaultError(StoreError):
    """A sealed value cannot be opened; never says what it held."""


class SubjectShreddedError(VaultError):
    """The subject's key was destroyed: what was sealed under it is gone for good."""


class Vault(Protocol):
    """Seals, opens, finds and shreds. Synchronous: called inside units and reads."""

    def subject(self, uow: UnitOfWork, number: str) -> int:
        """The subject of an E.164 ``number``, made when it is new."""
        ...

    def subjects(self, uow: UnitOfWork, numbers: Sequence[str]) -> list[int]:
        """:meth:`subject` for many at once, in the same order."""
        ...

    def find(self, connection: sqlite3.Connection, number: str) -> int | None:
        """The subject of ``number``, or ``None``; reads only."""
        ...

    def number(self, connection: sqlite3.Connection, subject: int) -> str:
        """The subject's number in E.164. Raises :class:`SubjectShreddedError`."""
        ...

    def seal(self, connection: sqlite3.Connection, subject: int, context: str, text: str) -> bytes:
        """``text`` encrypted under the subject's key and bound to ``context``."""
        ...

    def open(
        self, connection: sqlite3.Connection, subject: int, context: str, sealed: bytes
    ) -> str:
        """The text sealed for ``subject`` and ``context``. Raises :class:`VaultError`."""
        ...

    def fingerprint(self, context: str, *values: str) -> bytes:
        """A keyed hash of ``values``, for finding duplicates without keeping them; 32 octets."""
        ...

    def ref(self, connection: sqlite3.Connection, subject: int) -> bytes:
        """The subject's random name in the sealed log: 16 octets."""
        ...

    def restrict(self, uow: UnitOfWork, subject: int) -> bool:
        """Keep the subject's data, but for storage and protection alone; whether it was active."""
        ...

    def shred(self, uow: UnitOfWork, subject: int) -> None:
        """Destroy the subject's key and blind index, and record that it was done."""
        ...
