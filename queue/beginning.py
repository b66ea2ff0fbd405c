"""Beginning: the message that was chosen for a SIM gets its attempts and is on its way.

All missing parts of one message begin together.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..store.events import Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .alike import Alike, begin_alike, mark_begun
from .intents import Intent, Sim
from .priorities import Purpose
from .transitions import begin_message
from .transmitter import Deletion, Outgoing

_SQL = load(__name__, "claim.sql")
_PIDS = range(0x41, 0x48)


class Chosen(NamedTuple):
    """A message that is to begin, with its batch and its recipient."""

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
    batch_id: int
    part: int
    """Its first."""
    subject_state: str
    ahead: int | None


@dataclass(slots=True)
class Beginning:
    """A message that begins; ``intent`` once it is written."""

    sim: Sim
    message_id: int
    chosen: Chosen
    number: str = field(repr=False)
    text: str = field(repr=False)
    intent: Intent | None = None


class Beginnings:
    """Those of one unit. Most are alike, so they are written together: :meth:`write` is the end of it."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._usual: list[Beginning] = []

    def add(self, one: Beginning) -> None:
        """From here on no other SIM finds it."""
        chosen = one.chosen
        if chosen.kind == "notice" and chosen.segments == 1 and not chosen.recallable:
            mark_begun(self._uow, one.message_id, chosen.concat_ref, chosen.replace_pid)
            self._usual.append(one)
        else:
            one.intent = _begin(self._uow, one)

    def write(self) -> None:
        """Write the rows that those alike share statements for."""
        usual, self._usual = self._usual, []
        if not usual:
            return
        for one in usual:
            given = (one.chosen.part, one.sim.modem, one.sim.imsi, one.chosen.concat_ref)
            attempt = self._uow.insert(_SQL["insert_attempt"], (*given, self._uow.now))
            one.intent = _intent(self._uow, one, [(attempt, 1)], 0, one.chosen.replace_pid or 0)
        rows, details = map(_alike, usual), [_details(one.sim) for one in usual]
        begin_alike(self._uow, list(rows), details)


def _alike(one: Beginning) -> Alike:
    chosen = one.chosen
    return Alike(
        part=chosen.part,
        seq=1,
        message=one.message_id,
        ref=chosen.ref,
        priority=chosen.priority,
        batch=chosen.batch_id,
        batch_ref=chosen.batch,
        batch_state=chosen.batch_state,
    )


def _details(sim: Sim) -> dict[str, Scalar]:
    return {"modem": sim.modem, "imsi_tail": sim.imsi[-4:]}


def _begin(uow: UnitOfWork, one: Beginning) -> Intent:
    """A message that has several parts, or deletes, replaces or may be replaced."""
    sim, chosen = one.sim, one.chosen
    reference = chosen.concat_ref
    if chosen.segments > 1 and reference is None:
        reference = _next_reference(uow, chosen.subject)
    pid = chosen.replace_pid
    if chosen.recallable and chosen.kind == "notice" and chosen.segments == 1:
        pid = _take_slot(uow, sim.imsi, chosen.subject, one.message_id)
    given = (one.message_id, sim.modem, sim.imsi, reference, uow.now)
    parts = sorted(uow.execute(_SQL["insert_attempts"], given).fetchall())
    begin_message(uow, one.message_id, reference, pid, _details(sim))
    return _intent(uow, one, parts, reference or 0, pid or 0)


def _intent(
    uow: UnitOfWork, one: Beginning, parts: Sequence[tuple[int, int]], reference: int, pid: int
) -> Intent:
    """``parts``: of each its attempt and its number in the message."""
    chosen = one.chosen
    attempts, seqs = tuple(id_ for id_, _ in parts), tuple(seq for _, seq in parts)
    task: Outgoing | Deletion
    if chosen.kind == "command":
        target_mr = uow.execute(_SQL["target"], (chosen.target_attempt,)).fetchone()[0]
        task = Deletion(number=one.number, target_mr=target_mr, attempt=attempts[0])
    else:
        task = Outgoing(
            number=one.number,
            text=one.text,
            total=chosen.segments,
            seqs=seqs,
            attempts=attempts,
            concat_ref=reference,
            flash=bool(chosen.flash),
            valid_until=chosen.valid_until,
            pid=pid,
        )
    return Intent(one.message_id, chosen.batch, chosen.priority, chosen.subject, attempts, task)


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
