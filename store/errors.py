"""What can go wrong with the store, each under one root.

No message carries row values: they may be personal data.
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of every error this room raises."""


class StoreLockedError(StoreError):
    """Another process holds ``data_dir/lock``: there is one writer."""


class StoreNewerError(StoreError):
    """The database was written by a newer program; this one must not touch it."""


class StoreCorruptError(StoreError):
    """SQLite says that the file is not a sound database."""


class StoreUnwritableError(StoreError):
    """The file or its folder cannot be written (read-only mount, rights)."""


class StoreFullError(StoreError):
    """No space left: nothing of the group was written."""


class StoreClosedError(StoreError):
    """The store is closing or closed; the unit was not run."""


class CommitFailedError(StoreError):
    """The group's COMMIT (or its sealing) failed: no unit of the group took effect."""


class MigrationError(StoreError):
    """A migration failed and was rolled back; the database is as before it."""
