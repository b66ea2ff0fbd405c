"""Claiming: the choice, and the intent that is durable before anything goes on the air.

Runs inside a unit on the store's thread. All missing parts of one message are claimed together.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from typing import NamedTuple

from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import SubjectShreddedError, Vault, VaultError
from .candidates import Candidates
from .hours import SendingHours
from .intake import TEXT_CONTEXT
from .intents import Claimed, Intent, Sim, Wants
from .plan.choose import Turns, choose
from .poison import set_aside
from .priorities import Priority, Purpose
from .routes import NO_ROUTES, Routes
from .states import PartState
from .transitions import begin_message, move_message
from .transmitter import Deletion, Outgoing

_SQL = load(__name__, "claim.sql")
_SET_ASIDE = 32
"""Messages that one claim may expire, defer or stop before it lets others have the store."""
_PIDS = range(0x41, 0x48)
_STRIKES = 3
"""Defects that a message may run into before it is set aside."""
_QUEUED = frozenset({PartState.QUEUED})


class _Row(NamedTuple):
    ref: str
    kind: str
    subject: int
    text_sealed: bytes | None
    priority: int
    valid_until: int | None
    segments: int
    concat_ref: int | None
    replace_pid: int | None
    target_attempt: int | None
    text: str | None
    flash: int
    recallable: int
    purpose: Purpose
    batch_state: str
    batch: str
    subject_state: str
    ahead: int | None


class Claimer:
    """Takes the next message for a SIM. Keeps whose turn it is; used on the store's thread only."""

    def __init__(self, vault: Vault, hours: SendingHours, routes: Routes = NO_ROUTES) -> None:
        self._vault = vault
        self._hours = hours
        self._turns = Turns()
        self._strikes: Counter[int] = Counter()
        self.candidates = Candidates(routes)
        """Told by the dispatcher which SIMs can send."""

    def claim(self, uow: UnitOfWork, sim: Sim, wants: Wants) -> Claimed:
        """The next message for ``sim`` as an intent, with its parts in ``submitting``.

        What may not go any more, or not yet, is moved to where it belongs on the way.
        """
        for _ in range(_SET_ASIDE):
            heads = self.candidates.heads(uow, sim, wants)
            emergencies = any(head.priority == 0 for head in heads)
            if wants == "lower" and emergencies:
                return Claimed(None, emergencies=True)
            head, turns = choose(heads, uow.now, self._turns)
            if head is None:
                return Claimed(None)
            if self._strikes[head.id] >= _STRIKES:
                del self._strikes[head.id]
                set_aside(uow, head.id, _QUEUED)
                continue
            row = _Row._make(uow.execute(_SQL["message"], (head.id,)).fetchone())
            if self._set_aside(uow, sim, head.id, row):
                continue
            try:
                number = self._vault.number(uow.connection, row.subject)
                text = self._text(uow, row)
            except VaultError as error:
                # Set aside with its reason: it must not hold up what is behind it.
                cause = "erased" if isinstance(error, SubjectShreddedError) else "vault"
                move_message(uow, head.id, PartState.FAILED, cause, frm=_QUEUED)
                continue
            self._turns = turns
            try:
                intent = self._begin(uow, sim, head.id, row, number, text)
            except sqlite3.Error:
                raise
            except Exception:
                # Rolled back, and tried again; but not for ever.
                self._strikes[head.id] += 1
                raise
            if (standing := self.candidates.standing(sim.imsi)) is not None:
                standing.pending = True
            return Claimed(intent, emergencies=emergencies)
        return Claimed(None, emergencies=True, more=True)

    def _set_aside(self, uow: UnitOfWork, sim: Sim, message_id: int, row: _Row) -> bool:
        """Whether the message may not be sent now; it was moved then, or waits for another."""
        to, cause = PartState.QUEUED, ""
        if row.valid_until is not None and row.valid_until <= uow.now:
            to, cause = PartState.EXPIRED, "validity"
        elif row.batch_state == "paused":
            to, cause = PartState.HELD, "paused"
        elif row.batch_state in {"cancelled", "returned", "rejected"}:
            to, cause = PartState.CANCELLED, row.batch_state
        elif row.subject_state == "restricted" and row.priority != 0:
            # Its holder asked to be forgotten: nothing but storage, and warnings that protect life.
            to, cause = PartState.CANCELLED, "restricted"
        elif row.kind == "command" and not sim.can_command:
            to, cause = PartState.FAILED, "command_unsupported"
        elif not Priority(row.priority).any_hour:
            at = self._hours.next(row.purpose, uow.now)
            if at > uow.now:
                uow.execute(_SQL["defer"], (at, message_id))
                to, cause = PartState.SCHEDULED, "sending_hours"
        if to is PartState.QUEUED:
            if row.ahead is not None:
                # It stays queued, out of the lanes' sight until the one before it is through.
                uow.execute(_SQL["wait_for"], (row.ahead, message_id))
            return row.ahead is not None
        move_message(uow, message_id, to, cause, frm=_QUEUED)
        return True

    def _begin(
        self, uow: UnitOfWork, sim: Sim, message_id: int, row: _Row, number: str, text: str
    ) -> Intent:
        reference = row.concat_ref
        if row.segments > 1 and reference is None:
            reference = _next_reference(uow, row.subject)
        pid = row.replace_pid
        if row.recallable and row.kind == "notice" and row.segments == 1:
            pid = _take_slot(uow, sim.imsi, row.subject, message_id)
        given = (message_id, sim.modem, sim.imsi, reference, uow.now)
        parts = sorted(uow.execute(_SQL["insert_attempts"], given).fetchall())
        details = {"modem": sim.modem, "imsi_tail": sim.imsi[-4:]}
        begin_message(uow, message_id, reference, pid, details)
        attempts, seqs = tuple(id_ for id_, _ in parts), tuple(seq for _, seq in parts)
        task = _task(uow, row, number, text, seqs, attempts, reference or 0, pid or 0)
        return Intent(message_id, row.batch, row.priority, row.subject, attempts, task)

    def _text(self, uow: UnitOfWork, row: _Row) -> str:
        if row.text_sealed is None:
            return row.text or ""
        return self._vault.open(uow.connection, row.subject, TEXT_CONTEXT, row.text_sealed)


def _task(
    uow: UnitOfWork,
    row: _Row,
    number: str,
    text: str,
    seqs: tuple[int, ...],
    attempts: tuple[int, ...],
    reference: int,
    pid: int,
) -> Outgoing | Deletion:
    if row.kind == "command":
        target_mr = uow.execute(_SQL["target"], (row.target_attempt,)).fetchone()[0]
        return Deletion(number=number, target_mr=target_mr, attempt=attempts[0])
    return Outgoing(
        number=number,
        text=text,
        total=row.segments,
        seqs=seqs,
        attempts=attempts,
        concat_ref=reference,
        flash=bool(row.flash),
        valid_until=row.valid_until,
        pid=pid,
    )


def _next_reference(uow: UnitOfWork, subject: int) -> int:
    """A concatenation reference that this recipient's last 255 long messages did not have.

    A handset joins segments by sender, reference and total (3GPP TS 23.040 §9.2.3.24.1).
    """
    row = uow.execute(_SQL["last_reference"], (subject,)).fetchone()
    return secrets.randbelow(256) if row is None else int(row[0] + 1) % 256


def _take_slot(uow: UnitOfWork, imsi: str, subject: int, message_id: int) -> int:
    """The TP-PID (0x41-0x47) that replaced longest ago at this SIM and recipient, now its own."""
    used = [row[0] for row in uow.execute(_SQL["slots"], (imsi, subject))]
    pid = next((p for p in _PIDS if p not in used), used[0] if used else _PIDS[0])
    uow.execute(_SQL["take_slot"], (imsi, subject, pid, message_id, uow.now))
    return pid
