"""Why a batch was held, postponed or let go, at the time: from what was written down when it was
judged, and from the versions of the policy that were in force."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..queue.priorities import Priority, Purpose
from ..store.clock import rfc3339
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .errors import PolicyError
from .rules import InForce, in_force, words
from .rules.builtin import Floor
from .rules.explain import Line, Outcome, line
from .rules.words import Words

_SQL = load(__name__, "explaining.sql")
_BY_HAND = {
    "manual": Words("it was put on hold by hand", "已被人工暂扣"),
    "restore": Words("it waited when a backup was restored", "恢复备份时仍在等待"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchExplanation:
    """What became of a batch at the door, and by which rules."""

    id: str
    state: str
    """Now."""
    outcome: Outcome
    """When it was submitted."""
    policy: str
    """SHA-256 of the policy it was judged by."""
    version: str | None
    """That policy's own name; ``None`` when no version of it is on record."""
    ruleset: str
    """SHA-256 of the word lists."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A batch as it was judged, and the policies then and at its release."""

    id: str
    state: str
    purpose: Purpose
    priority: Priority
    not_before: int | None
    created_at: int
    released_at: int | None
    ruleset: str
    emergency: tuple[int, int | None] | None
    """Until when it is to be countersigned, and when it was."""
    holds: list[tuple[str, dict[str, Any]]]
    templates: list[tuple[str, list[str]]]
    submitted: tuple[str, str, str] | None
    released: tuple[str, str, str] | None


async def explain_batch(store: Store, batch: str) -> BatchExplanation:
    """The explanation of ``batch`` (public id). Raises ``not_found``."""
    found = await store.read(lambda c: _read(c, batch))
    return await asyncio.to_thread(_explained, found)


def keep_used(uow: UnitOfWork, policy: InForce, floor: Floor) -> None:
    """Write down by what batches are judged from now on, unless that stands there already."""
    shown = json.dumps(asdict(floor), ensure_ascii=False, sort_keys=True)
    if uow.execute(_SQL["newest"]).fetchone() != (policy.hash, shown):
        uow.insert(_SQL["insert_used"], (policy.hash, policy.text, shown, uow.now))


def _read(connection: sqlite3.Connection, batch: str) -> _Judged:
    row = connection.execute(_SQL["batch"], (batch,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="batch")
    key, public_id, state, purpose, priority, not_before, created_at, released_at, ruleset = row[:9]
    due_at, signed_at = row[9:]
    _, _, policy = ruleset.rpartition("policy:")
    used = connection.execute(_SQL["used"], (policy, created_at)).fetchone()
    later = connection.execute(_SQL["used_at"], (released_at,)).fetchone()
    return _Judged(
        public_id, state, purpose, Priority(priority), not_before, created_at, released_at, ruleset,
        None if due_at is None else (due_at, signed_at),
        [(k, json.loads(d)) for k, d in connection.execute(_SQL["holds"], (key,))],
        [(t, json.loads(s)) for t, s in connection.execute(_SQL["templates"], (key,))],
        used, later,
    )  # fmt: skip


def _explained(found: _Judged) -> BatchExplanation:
    lists, _, policy = found.ruleset.partition(" policy:")
    judged_by = _policy(found.submitted)
    held = list(_held(found))
    released = _policy(found.released) if held else judged_by
    at = found.released_at if held else found.created_at
    postponed = list(_postponed(found, released, at))
    spared = [
        line("spared", rule, words.spared(template))
        for template, rules in found.templates
        for rule in rules
    ]
    lines = [*held, *spared, *postponed]
    if found.emergency is not None:
        lines.append(line("allowed", "emergency", words.EMERGENCY))
    elif not held and not postponed:
        lines.append(line("allowed", "", words.ALLOWED))
    return BatchExplanation(
        id=found.id,
        state=found.state,
        outcome="held" if held else "postponed" if postponed else "allowed",
        policy=policy,
        version=None if judged_by is None else judged_by.policy.version,
        ruleset=lists.removeprefix("words:"),
        lines=tuple(lines),
    )


def _policy(used: tuple[str, str, str] | None) -> InForce | None:
    return None if used is None else in_force(used[1], Floor(**json.loads(used[2])), "on record")


def _held(found: _Judged) -> Iterator[Line]:
    for kind, detail in found.holds:
        if kind == "approval":
            why = str(detail.get("why", "another person must approve"))
            said = Words(why, str(detail.get("why_zh", why)))
            yield line("held", str(detail.get("rule", "")), said)
        elif kind == "review":
            hits, of = detail.get("hits", 0), detail.get("categories", "")
            en, zh = f"{hits} words to be reviewed ({of})", f"{hits} 处词语待审核（{of}）"
            yield line("held", "word filter", Words(en, zh))
        else:
            yield line("held", kind, _BY_HAND[kind])


def _postponed(found: _Judged, policy: InForce | None, at: int | None) -> Iterator[Line]:
    """Hours are asked when a batch is let go: at once, or at its release."""
    if at is None or policy is None or found.priority.any_hour:
        return
    wanted = max(at, found.not_before or at)
    starts_at = policy.hours.next(found.purpose, wanted)
    if starts_at > wanted:
        rule = policy.hours.why(found.purpose, wanted)
        yield line("postponed", rule, words.postponed(rfc3339(starts_at)))
