"""What binds an approval to the batch that was looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import msgspec

from ..store.sql import load
from ..store.unit import UnitOfWork
from .drafts import NewBatch

_SQL = load(__name__, "digest.sql")


def recipients_root(uow: UnitOfWork, subjects: Sequence[int]) -> bytes:
    """SHA-256 over the recipients' names in the sealed log, in order: random, they name nobody,
    and no rotation of keys changes them."""
    asked = json.dumps(sorted(set(subjects)))
    refs = dict(uow.execute(_SQL["refs"], (asked,)).fetchall())
    return hashlib.sha256(b"".join(refs[s] for s in subjects)).digest()


def batch_digest(new: NewBatch, root: bytes) -> bytes:
    """SHA-256 of everything an approver approves: texts, recipients, purpose, times, class, rules."""
    body: list[object] = [
        "estate-sms batch 1",
        new.kind,
        new.purpose,
        int(new.priority),
        new.text,
        new.flash,
        new.recallable,
        new.not_before,
        new.valid_until,
        new.ruleset,
        [(m.kind, m.text) for m in new.messages if m.text is not None or m.kind != "notice"],
        root.hex(),
    ]
    if new.decide_by is not None:
        body.append(["decide by", new.decide_by])
    return hashlib.sha256(msgspec.json.encode(body)).digest()
