"""One recipient of a recall: what is known of the message, and writing down what was tried."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault, VaultError
from .priorities import Purpose
from .recall_steps import OPEN, Outcome
from .states import PartState

_SQL = load(__name__, "recall_items.sql")
CORRECTION_CONTEXT = "recall.correction"
"""The vault's context of a correction that holds personal data."""
_NOTHING: Mapping[str, Scalar] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the message, with the attempt that the SMSC took, or may have taken."""

    seq: int
    state: PartState
    cause: str | None
    attempt: int | None
    imsi: str | None = field(repr=False)
    tp_mr: int | None
    attempt_outcome: str | None

    @property
    def deletable(self) -> bool:
        """Whether an SMS-COMMAND can name it: the SMSC has it, and its TP-MR is known."""
        return (
            self.state is PartState.SUBMITTED
            and self.attempt_outcome == "accepted"
            and self.tp_mr is not None
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was tried; ``message`` was sent for it."""

    id: int
    step: str
    outcome: str
    message: int | None
    message_state: PartState | None
    message_cause: str | None


@dataclass(slots=True)
class Item:
    """A row of ``recall_item`` with its recall and its message."""

    id: int
    outcome: Outcome
    message: int
    recall: int
    recall_ref: str
    recall_state: str
    correction: str | None = field(repr=False)
    sealed: bool
    """Whether the correction holds personal data: it is kept under the recipient's key alone."""
    actor: str
    actor_person: int | None
    message_ref: str
    subject: int
    replace_pid: int | None
    purpose: Purpose
    priority: int


def load_item(uow: UnitOfWork, vault: Vault, item_id: int) -> Item:
    """The item ``item_id``, which exists."""
    row: list[Any] = list(uow.execute(_SQL["item"], (item_id,)).fetchone())
    correction, sealed, subject = row[6], row[7], row[11]
    if sealed is not None:
        with contextlib.suppress(VaultError):  # whoever was erased meanwhile gets none
            correction = vault.open(uow.connection, subject, CORRECTION_CONTEXT, sealed)
    row[1], row[6], row[7] = Outcome(row[1]), correction, sealed is not None
    return Item(*row)


def parts_of(uow: UnitOfWork, item: Item) -> list[Part]:
    """The parts of its message, in order."""
    rows = uow.execute(_SQL["parts"], (item.message,)).fetchall()
    return [Part(seq, PartState(state), *rest) for seq, state, *rest in rows]


def steps_of(uow: UnitOfWork, item: Item) -> list[Step]:
    """What was tried for it, in order."""
    rows = uow.execute(_SQL["steps"], (item.id,)).fetchall()
    return [
        Step(step_id, step, outcome, message, None if state is None else PartState(state), cause)
        for step_id, step, outcome, message, state, cause in rows
    ]


def slot_imsi(uow: UnitOfWork, item: Item, parts: Sequence[Part]) -> str | None:
    """The SIM whose slot still holds the message, so that it can be replaced; else ``None``."""
    imsi = parts[0].imsi
    if len(parts) != 1 or imsi is None or item.replace_pid is None:
        return None
    key = (imsi, item.subject, item.replace_pid, item.message)
    return imsi if uow.execute(_SQL["owns_slot"], key).fetchone()[0] else None


def add_step(
    uow: UnitOfWork,
    item: Item,
    step: str,
    outcome: str = OPEN,
    evidence: Mapping[str, Scalar] = _NOTHING,
    message: int | None = None,
) -> None:
    """Write down a step; ``evidence`` holds nothing personal."""
    values = (item.id, step, outcome, json.dumps(dict(evidence)), message, uow.now)
    uow.execute(_SQL["insert_step"], values)


def close_step(
    uow: UnitOfWork, step: Step, outcome: str, evidence: Mapping[str, Scalar] = _NOTHING
) -> None:
    """Write down what came of a step."""
    uow.execute(_SQL["close_step"], (outcome, json.dumps(dict(evidence)), uow.now, step.id))


def set_outcome(uow: UnitOfWork, item: Item, outcome: Outcome) -> None:
    """Put the item to ``outcome``, and tell feed and audit log when that is new."""
    if outcome is item.outcome:
        return
    uow.execute(_SQL["set_outcome"], (outcome.value, uow.now, item.id))
    item.outcome = outcome
    uow.feed("recall", outcome.value, item.recall_ref, {"message": item.message_ref})
    uow.record(
        Event(
            kind="recall",
            action=f"recall.{outcome.value}",
            object=item.recall_ref,
            details={"message": item.message_ref},
        )
    )
