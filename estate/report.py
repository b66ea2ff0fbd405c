"""What is kept about one number: the copy that its holder may ask for (PIPL art. 45; row R12).

Every table that names a person, and the records of the sealed log about them; nobody else's data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..policy.numbers import NoNumber, parse
from ..queue.inbox_parts import PART_CONTEXT
from ..queue.inbox_parts import TEXT_CONTEXT as INBOX_CONTEXT
from ..queue.intake import TEXT_CONTEXT
from ..queue.priorities import LEGAL_BASIS
from ..store.clock import rfc3339
from ..store.events import Event, Personal
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault

_SQL = load(__name__, "report.sql")

Report = dict[str, Any]
LogRecords = Callable[[bytes, frozenset[str]], Awaitable[tuple[Sequence[Mapping[str, Any]], str]]]
"""Records of the log that carry a subject's name, or are about one of these public ids, as far back as
this box can read it; and since when that is (RFC 3339, empty: all of it)."""


async def report(
    store: Store, vault: Vault, region: str, records: LogRecords, caller: Caller, number: str
) -> Report:
    """Everything about ``number``; scope ``admin``. That it was asked is recorded first.

    Raises ``not_found`` when nothing is known, ``invalid_number``.
    """
    caller.require("admin")
    parsed = parse(number, region)
    if isinstance(parsed, NoNumber):
        raise PolicyError(parsed.code)
    e164 = parsed.e164

    def asked(uow: UnitOfWork) -> int:
        subject = vault.find(uow.connection, e164)
        if subject is None:
            raise PolicyError("not_found", what="number")
        personal = {"number": Personal(subject, e164)}
        event = Event(kind="rights", action="access.report", actor=caller.actor, personal=personal)
        uow.record(event)
        return subject

    subject = await store.write(asked)
    tables, ref = await store.read(lambda c: _tables(c, vault, subject))
    about = frozenset(
        entry["id"] for name in ("messages", "received", "erasures") for entry in tables[name]
    )
    found, since = await records(ref, about)
    log = [dict(record) for record in found]
    return {
        "number": e164,
        "made_at": rfc3339(store.now),
        **tables,
        "log": log,
        "log_readable_since": since,
    }


def in_words(found: Report) -> str:
    """A report as text to read."""
    lines = [
        f"# 个人信息副本 / Personal data kept about {found['number']}",
        f"{found['made_at']}",
        "",
    ]
    for name, title in _TITLES.items():
        entries = found[name]
        lines.append(f"## {title} ({len(entries)})")
        for entry in entries:
            shown = [
                f"{key}: {_words(value)}"
                for key, value in entry.items()
                if value not in (None, [], "")
            ]
            lines.append("- " + "; ".join(shown))
        lines.append("")
    if since := found["log_readable_since"]:
        name = found["subject"][0]["name_in_log"]
        lines += [
            _OLDER_ZH.format(since=since, name=name),
            _OLDER_EN.format(since=since, name=name),
            "",
        ]
    return "\n".join(lines)


_OLDER_ZH = (
    "{since} 之前的审计记录本机已无法打开，只有审计员的私钥可以："
    "estate-sms audit verify 文件 --auditor 私钥 --view 表.csv --person {name}"
)
_OLDER_EN = (
    "Records of the audit log from before {since} cannot be opened here any more, only with the auditor's "
    "private key: estate-sms audit verify FILE --auditor KEY --view OUT.csv --person {name}"
)
_TITLES = {
    "subject": "本人 / Person",
    "households": "住户 / Household",
    "opt_outs": "退订 / Withdrawals",
    "messages": "发出的短信 / Messages sent",
    "reports": "状态报告 / Status reports",
    "received": "收到的短信 / Messages received",
    "waiting_parts": "未收全的短信 / Parts of messages still incomplete",
    "slots": "可替换短信 / Replaceable messages",
    "erasures": "删除申请 / Erasure requests",
    "log": "审计日志 / Audit log",
}


def _words(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_words, value))}]"  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items() if v is not None)  # pyright: ignore[reportUnknownVariableType]
    return str(value)


def _tables(
    connection: sqlite3.Connection, vault: Vault, subject: int
) -> tuple[dict[str, list[dict[str, Any]]], bytes]:
    def rows(name: str, *columns: str) -> list[dict[str, Any]]:
        found = connection.execute(_SQL[name], (subject,)).fetchall()
        return [_row(columns, row) for row in found]

    def opened(context: str, sealed: bytes) -> str:
        return vault.open(connection, subject, context, sealed)

    ref, state, created_at = connection.execute(_SQL["subject"], (subject,)).fetchone()
    received = rows("inbox", "id", "text", "modem", "smsc_at", "received_at", "complete")
    for entry in received:
        entry["text"] = opened(INBOX_CONTEXT, entry["text"])
    parts = rows("inbox_parts", "text", "total", "seq", "smsc_at", "received_at")
    for entry in parts:
        entry["text"] = opened(PART_CONTEXT, entry["text"])
    tables = {
        "subject": [
            {"name_in_log": bytes(ref).hex(), "state": state, "known_since": rfc3339(created_at)}
        ],
        "households": rows("households", "building", "unit", "room", "role"),
        "opt_outs": rows("opt_outs", "purpose", "source", "at", "asked_by"),
        "messages": _messages(connection, subject, opened),
        "reports": rows("reports", "tp_st", "smsc_at", "done_at", "received_at"),
        "received": received,
        "waiting_parts": parts,
        "slots": rows("slots", "tp_pid", "at"),
        "erasures": rows(
            "erasures", "id", "actor", "reason", "requested_at", "due_at", "shredded_at"
        ),
    }
    return tables, bytes(ref)


def _messages(
    connection: sqlite3.Connection, subject: int, opened: Callable[[str, bytes], str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in connection.execute(_SQL["messages"], (subject,)).fetchall():
        key, public_id, batch, kind, purpose, state, cause, created, updated, sealed, text = row
        columns = ("part", "state", "modem", "intent_at", "answered_at", "outcome", "cause")
        attempts = connection.execute(_SQL["attempts"], (key,)).fetchall()
        found.append(
            {
                "id": public_id,
                "batch": batch,
                "kind": kind,
                "purpose": purpose,
                "legal_basis": LEGAL_BASIS[purpose],
                "state": state,
                "cause": cause,
                "created_at": rfc3339(created),
                "updated_at": rfc3339(updated),
                "text": text if sealed is None else opened(TEXT_CONTEXT, sealed),
                "attempts": [_row(columns, attempt) for attempt in attempts],
            }
        )
    return found


def _row(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Columns that end in ``at`` are times."""
    return {
        name: rfc3339(value) if name.endswith("at") and value is not None else value
        for name, value in zip(columns, row, strict=True)
    }
