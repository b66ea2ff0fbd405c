"""Which attempt a status report speaks of. TP-MR has 8 bits, wraps, and belongs to the SIM.

Key: IMSI, TP-MR and the holder of the number; of several the newest that the SMSC can have taken by
the report's TP-SCTS. Where no TP-MR is known (a part in doubt), only an unambiguous fit counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..store.clock import SECOND
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault, VaultError

_SQL = load(__name__, "matching.sql")

DAY = 86_400 * SECOND
DEFAULT_VALIDITY = 3 * DAY
"""How long an SMSC tries when no TP-VP was given: networks cap it at 48 to 72 hours."""
REPORT_SLACK = DAY
"""A report may come this long after the validity ended."""
CLOCK_SLACK = 60 * SECOND
"""How far an SMSC's clock may be behind ours when it has to choose between two known TP-MRs."""
SCTS_STEP = SECOND
"""TP-SCTS is cut to whole seconds: it may seem to lie this much before the intent."""
SUFFIX = 8
"""Digits compared when TP-RA is not the E.164 form that we sent to."""


@dataclass(frozen=True, slots=True)
class Report:
    """A stored status report; times in microseconds since 1970 UTC."""

    id: int
    imsi: str = field(repr=False)
    tp_mr: int
    tp_st: int
    subject: int | None
    smsc_at: int | None
    received_at: int


@dataclass(frozen=True, slots=True)
class Open:
    """An accepted attempt whose fate is open."""

    attempt: int
    intent_at: int
    valid_until: int | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An attempt without a TP-MR: still on the air (``open``), or its answer is not known."""

    attempt: int
    part: int
    outcome: str
    intent_at: int


def newest_open(report: Report, candidates: Iterable[Open]) -> int | None:
    """The attempt of ``candidates`` (newest first) that ``report`` speaks of.

    The newest that was begun by the report's TP-SCTS; when the SMSC's clock rules all of them
    out, the newest. Attempts whose validity ended long ago do not count.
    """
    alive = [c for c in candidates if report.received_at <= _last_report(c)]
    if report.smsc_at is not None:
        latest = report.smsc_at + CLOCK_SLACK
        alive = [c for c in alive if c.intent_at <= latest] or alive
    return alive[0].attempt if alive else None


def _last_report(candidate: Open) -> int:
    until = candidate.valid_until
    if until is None:
        until = candidate.intent_at + DEFAULT_VALIDITY
    return until + REPORT_SLACK


def only_in_doubt(report: Report, candidates: Sequence[Unanswered]) -> int | None:
    """The one attempt in doubt that ``report`` fits, or ``None`` when none or several do.

    An attempt still on the air is a candidate too: its TP-MR is not known *yet*, so nothing is
    decided before it is.
    """
    if report.smsc_at is None:
        return None
    # An answer that is not known concerns a hand-over of minutes, not of days.
    fits = [
        c
        for c in candidates
        if c.intent_at <= report.smsc_at + SCTS_STEP and report.smsc_at <= c.intent_at + DAY
    ]
    if len({c.part for c in fits}) != 1 or any(c.outcome == "open" for c in fits):
        return None
    return max(c.attempt for c in fits)


def match(uow: UnitOfWork, report: Report) -> int | None:
    """The attempt that ``report`` speaks of, or ``None``: then it waits."""
    if report.subject is None:
        return None
    key = (report.imsi, report.tp_mr, report.subject)
    if report.smsc_at is not None:
        row = uow.execute(_SQL["same_message"], (*key, report.smsc_at)).fetchone()
        if row is not None:
            return int(row[0])
    rows = uow.execute(_SQL["accepted"], key).fetchall()
    found = newest_open(report, [Open(*row) for row in rows])
    if found is not None:
        return found
    rows = uow.execute(_SQL["unanswered"], (report.subject, report.imsi)).fetchall()
    return only_in_doubt(report, [Unanswered(*row) for row in rows])


def subject_of(uow: UnitOfWork, vault: Vault, imsi: str, tp_mr: int, recipient: str) -> int | None:
    """The holder of ``recipient``: by the number, else by the last digits of a number that this
    SIM waits for a report of (networks may report the national form)."""
    found = vault.find(uow.connection, recipient)
    if found is not None:
        return found
    rows = uow.execute(_SQL["subjects_by_reference"], (imsi, tp_mr)).fetchall()
    rows += uow.execute(_SQL["subjects_unanswered"], (imsi,)).fetchall()
    fits = {subject for (subject,) in rows if _same_end(uow, vault, subject, recipient)}
    return fits.pop() if len(fits) == 1 else None


def _same_end(uow: UnitOfWork, vault: Vault, subject: int, recipient: str) -> bool:
    digits = recipient.lstrip("+0")
    try:
        number = vault.number(uow.connection, subject)
    except VaultError:
        return False
    return bool(digits) and number.lstrip("+")[-SUFFIX:] == digits[-SUFFIX:]
