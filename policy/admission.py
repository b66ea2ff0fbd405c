"""What the send policy asks of a send, asked inside the unit that accepts it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from ..queue.priorities import Priority, Purpose
from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .problems import Code
from .reach import HOUR, WINDOW, Reach
from .rules import words
from .rules.judge import Judgement, ResidentCap
from .rules.model import Template

_SQL = load(__name__, "admission.sql")


class SenderUsage:
    """What a sender did in the last 24 hours; a :class:`~.rules.judge.Usage`. All keys of a person
    count as one submitter."""

    def __init__(
        self, uow: UnitOfWork, caller: Caller, subjects: Collection[int] | None, reach: Reach
    ) -> None:
        """``subjects``: the send's own; ``None`` when it is larger than any rule's ``above``."""
        self._reach = reach
        self._uow = uow
        self._caller = caller
        self._subjects = subjects

    def unapproved(self, above: int, templates: Sequence[str] = ()) -> int:
        """Distinct recipients whom no second person approved, this send included, those of
        ``templates`` not."""
        own = self._subjects or ()
        return self._reach.unapproved(self._uow, self._caller, own, above, templates)

    def sent(self, purposes: Sequence[Purpose]) -> int:
        """Messages submitted, this send not included; cancelling gives none back."""
        caller, since = self._caller, self._uow.now - WINDOW
        given = (caller.actor, caller.person_id, since, json.dumps(list(purposes)))
        return int(self._uow.execute(_SQL["sent"], given).fetchone()[0])


def needs_approval(
    uow: UnitOfWork,
    caller: Caller,
    priority: Priority,
    recipients: int,
    subjects: Collection[int] | None,
    above: int,
) -> bool:
    """Whether distinct recipients of unapproved sends, this one included, exceed ``above``.

    ``above`` 0: always. Emergencies never. ``subjects`` may be ``None`` when ``recipients`` alone
    exceed it.
    """
    if priority is Priority.EMERGENCY:
        return False
    if above <= 0 or recipients > above:
        return True
    return SenderUsage(uow, caller, subjects, Reach()).unapproved(above) > above


def require_allowed(judged: Judgement) -> None:
    """Raises ``policy_stopped``, or ``policy_cap`` where waiting helps, with ``rule`` and ``why``."""
    if not judged.stops:
        return
    stop = next((s for s in judged.stops if s.kind != "sender"), judged.stops[0])
    code: Code = "policy_cap" if stop.kind == "sender" else "policy_stopped"
    why = words.stopped(stop)
    raise PolicyError(code, rule=stop.rule, why=why.en, why_zh=why.zh)


def require_emergency_cap(uow: UnitOfWork, caller: Caller, recipients: int, limit: int) -> None:
    """Raises ``emergency_cap``. ``limit``: recipients of one submitter in an hour; 0: no cap."""
    if not limit:
        return
    asked = (caller.actor, caller.person_id, uow.now - HOUR)
    found = uow.execute(_SQL["emergencies"], asked).fetchone()[0] + recipients
    if found > limit:
        raise PolicyError(
            "emergency_cap", limit=limit, found=found, rule="emergency.max_recipients_per_hour"
        )


def templates_of(uow: UnitOfWork, found: Sequence[Template], recipients: int) -> frozenset[str]:
    """Names of those of ``found`` (what the text is) that a send to so many may count as."""
    since, names = uow.now - WINDOW, set[str]()
    for template in found:
        if recipients > template.max_recipients:
            continue
        sent = int(uow.execute(_SQL["from_template"], (template.name, since)).fetchone()[0])
        if sent + recipients <= template.per_day:
            names.add(template.name)
    return frozenset(names)


def full(
    uow: UnitOfWork, subjects: Sequence[int], caps: Sequence[ResidentCap]
) -> dict[int, ResidentCap]:
    """Which of ``subjects`` had as many messages in 24 hours as a rule allows, and which rule."""
    found: dict[int, ResidentCap] = {}
    since = uow.now - WINDOW
    first = uow.execute(_SQL["first_since"], (since,)).fetchone() if caps else None
    if first is None:
        return found
    asked = json.dumps(list(subjects))
    for cap in caps:
        given = (asked, first[0], since, json.dumps(list(cap.purposes)))
        for subject, count in uow.execute(_SQL["residents"], given):
            if count >= cap.limit:
                found.setdefault(subject, cap)
    return found


def keep_template(
    uow: UnitOfWork, batch: int, templates: Collection[str], spared: Sequence[str]
) -> None:
    """Write down that a batch (``batch.id``) was sent as templates, and which rules that spared."""
    rows = [(batch, name, json.dumps(spared, ensure_ascii=False)) for name in sorted(templates)]
    uow.executemany(_SQL["insert_template"], rows)


def keep(uow: UnitOfWork, batch: int, judged: Judgement, expires_at: int | None) -> None:
    """Write down what a held batch (``batch.id``) needs, so that no later policy asks less."""
    needs = [
        (batch, need.rule, need.approvals, json.dumps(need.approvers, ensure_ascii=False))
        for need in judged.needs
    ]
    uow.executemany(_SQL["insert_need"], needs)
    if expires_at is not None:
        uow.execute(_SQL["insert_term"], (batch, expires_at))
