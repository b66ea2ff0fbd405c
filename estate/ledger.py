"""The message ledger as a table: who was sent what, when, by which SIM, and what came back (R25).

CSV (RFC 4180) with a byte-order mark, so that Excel reads it; a cell that a spreadsheet would take for
a formula gets an apostrophe in front. Numbers and SIMs are masked and personal texts left out, unless
another person has allowed a :mod:`disclosure <.disclosure>`.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from ..policy.callers import Caller
from ..policy.numbers import masked
from ..queue.inbox_parts import TEXT_CONTEXT as INBOX_CONTEXT
from ..queue.intake import TEXT_CONTEXT
from ..queue.priorities import LEGAL_BASIS
from ..store.clock import rfc3339
from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault, VaultError
from .disclosure import FOREVER, use

_SQL = load(__name__, "ledger.sql")
BOM = "\ufeff"
ERASED = "(erased)"
PERSONAL = "(personal)"
"""In place of a text of one person's own, where numbers are masked."""
HEADING = (
    "direction", "time", "message", "batch", "purpose", "legal_basis", "sim", "number", "state",
    "cause", "handed_over", "delivered", "text",
)  # fmt: skip
_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """``value`` as a cell that no spreadsheet executes."""
    text = "" if value is None else str(value)
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


async def ledger(
    store: Store,
    vault: Vault,
    caller: Caller,
    since: int | None = None,
    until: int | None = None,
    *,
    disclosure: str | None = None,
) -> AsyncIterator[str]:
    """The ledger from ``since`` to before ``until`` (microseconds), a page of CSV at a time.

    Scope ``audit``; that it was made is recorded before the first page. With ``disclosure`` numbers,
    SIMs and texts are as they are, and the period is the one that was allowed: scope ``admin``,
    raises ``disclosure_needed``.
    """
    if disclosure is None:
        caller.require("audit")
    full = disclosure is not None

    def opened(uow: UnitOfWork) -> tuple[int, int]:
        period = (since or 0, FOREVER if until is None else until)
        if disclosure is not None:
            period = use(uow, caller, disclosure)
        details: dict[str, Scalar] = {"from": period[0], "to": period[1], "full": full}
        uow.record(
            Event(
                kind="export",
                action="ledger.exported",
                actor=caller.actor,
                object=disclosure or "",
                details=details,
            )
        )
        return period

    period = await store.write(opened)
    yield BOM + _csv([HEADING])
    for page in (_sent, _received):
        after: int | None = 0
        while after is not None:
            rows, after = await store.read(_paged(page, vault, after, period, full))
            yield _csv(rows)
    yield _csv(await store.read(lambda c: _opt_outs(c, vault, period, full)))


Page = tuple[list[Sequence[object]], int | None]


def _paged(
    page: Callable[..., Page], vault: Vault, after: int, period: tuple[int, int], full: bool
) -> Callable[[sqlite3.Connection], Page]:
    return lambda connection: page(connection, vault, (after, *period, _PAGE), full)


def _sent(connection: sqlite3.Connection, vault: Vault, asked: Any, full: bool) -> Page:  # noqa: ANN401
    found = connection.execute(_SQL["sent"], asked).fetchall()
    rows: list[Sequence[object]] = []
    for row in found:
        _, ref, batch, purpose, kind, subject, state, cause = row[:8]
        created, handed, delivered, imsi, sealed, text = row[8:]
        if sealed is not None:
            text = PERSONAL
            if full:
                text = _opened(connection, vault, subject, TEXT_CONTEXT, sealed)
        rows.append(
            ("sent" if kind == "notice" else kind, _time(created), ref, batch, purpose,
             LEGAL_BASIS[purpose], _sim(imsi, full), _number(connection, vault, subject, full),
             state, cause, _time(handed), _time(delivered), text)
        )  # fmt: skip
    return rows, found[-1][0] if len(found) == _PAGE else None


def _received(connection: sqlite3.Connection, vault: Vault, asked: Any, full: bool) -> Page:  # noqa: ANN401
    found = connection.execute(_SQL["received"], asked).fetchall()
    rows: list[Sequence[object]] = []
    for _, ref, subject, received_at, smsc_at, imsi, sealed in found:
        text = PERSONAL
        if full:
            text = _opened(connection, vault, subject, INBOX_CONTEXT, sealed)
        rows.append(
            ("received", _time(received_at), ref, "", "", "", _sim(imsi, full),
             _number(connection, vault, subject, full), "received", "", _time(smsc_at), "", text)
        )  # fmt: skip
    return rows, found[-1][0] if len(found) == _PAGE else None


def _opt_outs(
    connection: sqlite3.Connection, vault: Vault, period: tuple[int, int], full: bool
) -> list[Sequence[object]]:
    return [
        ("unsubscribed", _time(at), ref, "", purpose, "", "",
         _number(connection, vault, subject, full), source, "", "", "", "")
        for subject, purpose, source, at, ref in connection.execute(_SQL["opt_outs"], period)
    ]  # fmt: skip


def _number(connection: sqlite3.Connection, vault: Vault, subject: int, full: bool) -> str:
    try:
        number = vault.number(connection, subject)
    except VaultError:
        return ERASED
    return number if full else masked(number)


def _opened(
    connection: sqlite3.Connection, vault: Vault, subject: int, context: str, sealed: bytes
) -> str:
    try:
        return vault.open(connection, subject, context, sealed)
    except VaultError:
        return ERASED


def _sim(imsi: str | None, full: bool) -> str:
    return "" if not imsi else imsi if full else "…" + imsi[-4:]


def _time(at: int | None) -> str:
    return "" if at is None else rfc3339(at)


def _csv(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[cell(value) for value in row] for row in rows])
    return out.getvalue()
