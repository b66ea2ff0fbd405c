"""Parts in doubt, decided by a person or, for emergencies, by time."""

from __future__ import annotations

from ..store.unit import UnitOfWork


def requeue(uow: UnitOfWork, message: str, actor: str, reason: str) -> None:
    """Send the parts in doubt of ``message`` (public id) again; the handset may get them twice.

    Raises :class:`~.errors.NotFoundError`, :class:`~.errors.StateConflictError`.
    """
    raise NotImplementedError


def close_unknown(uow: UnitOfWork, message: str, actor: str, reason: str) -> None:
    """Give up on ``message``: ``failed``, cause ``closed_unknown``. A late report may still
    prove that it arrived. Raises as :func:`requeue`."""
    raise NotImplementedError


def emergencies_in_doubt(uow: UnitOfWork, older_than: int) -> list[int]:
    """Queue again the emergencies in doubt since before ``older_than`` (microseconds since 1970).

    Returns the messages' row ids. The next attempt of each part carries ``resend_of``.
    """
    raise NotImplementedError
