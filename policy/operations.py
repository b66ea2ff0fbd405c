"""The operator's counter: what a person does by hand about messages that were accepted, and modems.

Sending again what is in doubt is a decision to send: it asks what every send asks, of the text and
people that were accepted. Everything here leaves an audit event with the reason that was given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..queue import doubt, operate
from ..queue.errors import NotFoundError, StateConflictError
from ..queue.priorities import Priority, Purpose
from ..store.errors import StoreClosedError
from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .answers import OperatedAnswer
from .approvals import batch_of
from .callers import Caller
from .errors import PolicyError
from .names import reason as plain_reason
from .optouts import opted_out, restricted

_SQL = load(__name__, "operations.sql")
T = TypeVar("T")
_STOPPED = frozenset({"held", "paused", "cancelled", "returned", "rejected"})
_BY_HAND: dict[str, Priority] = {
    name.label: name for name in Priority if name is not Priority.EMERGENCY
}


class Lanes(Protocol):
    """The dispatcher's side of pausing a modem; by its label."""

    def pause(self, label: str) -> bool:
        """Begin nothing more on it."""
        ...

    def resume(self, label: str) -> bool:
        """Go on."""
        ...


@dataclass(frozen=True, slots=True)
class _Message:
    batch: str
    batch_state: str
    purpose: Purpose
    subject: int
    valid_until: int | None
    held: int


class Operations:
    """One for the process. Every verb raises :class:`PolicyError` for a refusal."""

    def __init__(self, store: Store, lanes: Lanes, labels: Callable[[], frozenset[str]]) -> None:
        self._store = store
        self._lanes = lanes
        self._labels = labels

    async def requeue(self, caller: Caller, message: str, reason: str) -> OperatedAnswer:
        """Send what is in doubt of ``message`` again; its recipient may get it twice.

        Scopes ``recall`` and ``messages:send``, for an emergency also ``messages:emergency``. Not
        while its batch is held or paused or was stopped, nor to somebody who opted out since.
        """
        caller.require("recall")
        caller.require("messages:send")
        why = plain_reason(reason, needed=True)

        def unit(uow: UnitOfWork) -> OperatedAnswer:
            found = _message(uow, message)
            if found.purpose == "emergency":
                caller.require("messages:emergency")
            if found.batch_state in _STOPPED or found.held:
                raise PolicyError("wrong_state", state=found.batch_state)
            if found.subject in opted_out(uow, found.purpose) | restricted(uow):
                raise PolicyError("opted_out")
            if found.valid_until is not None and found.valid_until <= uow.now:
                raise PolicyError("valid_until_past")
            doubt.requeue(uow, message, caller.actor, why)
            return _operated(uow, message)

        return await self._write(unit, "message")

    async def close(self, caller: Caller, message: str, reason: str) -> OperatedAnswer:
        """Give up on a message in doubt: ``failed``, cause ``closed_unknown``. Scope ``recall``."""
        caller.require("recall")
        why = plain_reason(reason, needed=True)

        def unit(uow: UnitOfWork) -> OperatedAnswer:
            doubt.close_unknown(uow, message, caller.actor, why)
            return _operated(uow, message)

        return await self._write(unit, "message")

    async def cancel_message(
        self, caller: Caller, message: str, reason: str = ""
    ) -> OperatedAnswer:
        """Stop one message that waits. One's own with ``messages:send``, anyone's with ``recall``."""
        why = plain_reason(reason, needed=False)

        def unit(uow: UnitOfWork) -> OperatedAnswer:
            _require_own(uow, caller, _message(uow, message).batch)
            operate.cancel_message(uow, message, caller.actor, why)
            return _operated(uow, message)

        return await self._write(unit, "message")

    async def prioritise(self, caller: Caller, batch: str, to: str, reason: str = "") -> int:
        """Put what of ``batch`` waits into the class ``to``; returns how many messages moved.

        Scopes as :meth:`cancel_message`. Never to or from emergency. Urgent ignores sending hours,
        and an approver approved the class that was submitted: only what was submitted as urgent
        may become it again.
        """
        why = plain_reason(reason, needed=False)
        wanted = _BY_HAND.get(to)
        if wanted is None:
            raise PolicyError("priority_unknown", allowed=", ".join(_BY_HAND))

        def unit(uow: UnitOfWork) -> int:
            found = _require_own(uow, caller, batch)
            if found == Priority.EMERGENCY or (wanted.any_hour and not Priority(found).any_hour):
                raise PolicyError("priority_fixed", submitted=Priority(found).label)
            return operate.prioritise(uow, batch, wanted, caller.actor, why)

        return await self._write(unit, "batch")

    async def pause_modem(self, caller: Caller, label: str, reason: str = "") -> None:
        """Let a modem begin nothing more, also after a restart. Scope ``recall``.

        What it has on the air gets its answer; what it had prefetched goes to another.
        """
        why = self._modem(caller, label, reason)
        await self._write(lambda uow: _paused(uow, caller, label, why), "modem")
        self._lanes.pause(label)

    async def resume_modem(self, caller: Caller, label: str, reason: str = "") -> None:
        """Let it go on. Scope ``recall``."""
        why = self._modem(caller, label, reason)
        await self._write(lambda uow: _resumed(uow, caller, label, why), "modem")
        self._lanes.resume(label)

    async def note_backup(self, caller: Caller, sha256: str, octets: int, made_at: str) -> None:
        """Record that a copy of the database was made. Scope ``admin``."""
        event = backup_made(caller, sha256, octets, made_at)
        await self._write(lambda uow: uow.record(event), "backup")

    def _modem(self, caller: Caller, label: str, reason: str) -> str:
        caller.require("recall")
        if label not in self._labels():
            raise PolicyError("not_found", what="modem")
        return plain_reason(reason, needed=False)

    async def _write(self, unit: Callable[[UnitOfWork], T], what: str) -> T:
        try:
            return await self._store.write(unit)
        except NotFoundError:
            raise PolicyError("not_found", what=what) from None
        except StateConflictError as error:
            raise PolicyError("wrong_state", state=str(error).rpartition(" ")[2]) from None
        except StoreClosedError:
            raise PolicyError("closing") from None


def backup_made(caller: Caller, sha256: str, octets: int, made_at: str) -> Event:
    """The record of a backup."""
    caller.require("admin")
    details: dict[str, Scalar] = {"sha256": sha256, "octets": octets, "made_at": made_at}
    return Event(kind="sys", action="sys.backup", actor=caller.actor, details=details)


def paused_modems(connection: sqlite3.Connection) -> frozenset[str]:
    """Labels of the modems that a person paused."""
    return frozenset(row[0] for row in connection.execute(_SQL["paused"]))


def _paused(uow: UnitOfWork, caller: Caller, label: str, why: str) -> None:
    uow.execute(_SQL["pause"], (label, uow.now, caller.actor, why))
    _tell(uow, caller, label, "paused", why)


def _resumed(uow: UnitOfWork, caller: Caller, label: str, why: str) -> None:
    uow.execute(_SQL["resume"], (label,))
    _tell(uow, caller, label, "resumed", why)


def _tell(uow: UnitOfWork, caller: Caller, label: str, kind: str, why: str) -> None:
    uow.feed("modem", kind, label, {})
    uow.record(
        Event(kind="sys", action=f"modem.{kind}", actor=caller.actor, object=label, reason=why)
    )


def _require_own(uow: UnitOfWork, caller: Caller, batch: str) -> int:
    """The batch's priority as submitted, if ``caller`` may steer it."""
    found = batch_of(uow.connection, batch)
    caller.require("messages:send" if found.submitted_by(caller) else "recall")
    return found.priority


def _message(uow: UnitOfWork, public_id: str) -> _Message:
    row = uow.execute(_SQL["message"], (public_id,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="message")
    return _Message(*row)


def _operated(uow: UnitOfWork, message: str) -> OperatedAnswer:
    state, cause, batch = uow.execute(_SQL["state"], (message,)).fetchone()
    return OperatedAnswer(id=message, state=state, cause=cause, batch=batch)
