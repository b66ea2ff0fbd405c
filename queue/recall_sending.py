"""The messages that a recall sends: commands, replacements, corrections.

They are ordinary rows of the queue, in batches of kind ``recall``, one for each text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from ..store.clock import SECOND
from ..store.ids import new_id
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .drafts import MessageKind
from .intake import TEXT_CONTEXT
from .priorities import Priority
from .recall_items import Item, Part, add_step

_SQL = load(__name__, "recall_items.sql")

COMMAND_WAIT = 600 * SECOND
"""How long the answer to an SMS-COMMAND is waited for: a correction must not come hours later."""


def send_commands(uow: UnitOfWork, item: Item, parts: Sequence[Part]) -> None:
    """Queue an SMS-COMMAND for each part that the SMSC may still hold, from the SIM that sent it."""
    for part in parts:
        message = _queue(
            uow,
            item,
            "command",
            text=None,
            imsi=part.imsi,
            target=part.attempt,
            valid_until=uow.now + COMMAND_WAIT,
        )
        add_step(
            uow, item, "command", evidence={"part": part.seq, "tp_mr": part.tp_mr}, message=message
        )


def send_replacement(uow: UnitOfWork, vault: Vault, item: Item, text: str, imsi: str) -> None:
    """Queue a single-part text with the message's own TP-PID, from the SIM that sent it."""
    shared, own = _kept(uow, vault, item, text)
    message = _queue(
        uow, item, "replacement", text=shared, own=own, imsi=imsi, pid=item.replace_pid
    )
    add_step(uow, item, "replacement", evidence={"tp_pid": item.replace_pid}, message=message)


def send_correction(uow: UnitOfWork, vault: Vault, item: Item, text: str, segments: int) -> None:
    """Queue a correction to the recipient, from any SIM."""
    shared, own = _kept(uow, vault, item, text)
    message = _queue(uow, item, "correction", text=shared, own=own, segments=segments)
    add_step(uow, item, "correction", message=message)


def _kept(uow: UnitOfWork, vault: Vault, item: Item, text: str) -> tuple[str | None, bytes | None]:
    """The text for the batch, or, when it holds personal data, sealed for its recipient."""
    if not item.sealed or text != item.correction:
        return text, None
    return None, vault.seal(uow.connection, item.subject, TEXT_CONTEXT, text)


def _queue(
    uow: UnitOfWork,
    item: Item,
    kind: MessageKind,
    *,
    text: str | None,
    own: bytes | None = None,
    segments: int = 1,
    imsi: str | None = None,
    pid: int | None = None,
    target: int | None = None,
    valid_until: int | None = None,
) -> int:
    # A wrong notice is worth correcting before the next ordinary one goes out.
    priority = min(item.priority, int(Priority.URGENT))
    batch_id, ref = _batch(uow, item, text, segments, priority)
    head = (new_id("m"), batch_id, kind, item.subject, priority, uow.now, valid_until)
    message = uow.insert(_SQL["insert_message"], (*head, segments, imsi, pid, target, own))
    for seq in range(1, segments + 1):
        uow.execute(_SQL["insert_part"], (message, seq, uow.now))
    told = {"to": "queued", "moved": 1, "priority": priority}
    uow.feed("batch", "sending", ref, told)
    return message


def _batch(
    uow: UnitOfWork, item: Item, text: str | None, segments: int, priority: int
) -> tuple[int, str]:
    row = uow.execute(_SQL["step_batch"], (item.recall, text)).fetchone()
    if row is not None:
        uow.execute(_SQL["reopen_batch"], (row[0],))
        return int(row[0]), str(row[1])
    public_id = new_id("b")
    digest = hashlib.sha256(msgspec.json.encode(["estate-sms recall 1", item.recall_ref, text]))
    head = (public_id, item.purpose, priority, text, item.recall, segments)
    tail = (item.actor, item.actor_person, digest.digest(), uow.now)
    return uow.insert(_SQL["insert_batch"], (*head, *tail)), public_id
