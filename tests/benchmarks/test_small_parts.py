"""Sealing, PDU encoding and word matching, each beside a rival in the same run."""

from __future__ import annotations

import importlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.vault import SubjectVault
from estate_sms.modem.pdu import Submit, encode_submit
from estate_sms.policy.filter.engine import Rules, WordFilter
from estate_sms.policy.filter.wordlist import Entry
from estate_sms.store import connection as store_connection
from estate_sms.store.clock import system_clock
from estate_sms.store.events import Event
from estate_sms.store.migrate import migrate

TEXT = "尊敬的业主：今日9:00至15:00停水检修，请提前储水，给您带来不便敬请谅解。详询物业服务中心。"
GROUP = 64
PRAGMAS = store_connection._WRITER_PRAGMAS  # pyright: ignore[reportPrivateUsage] - the same for both


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_sealed_records(
    benchmark: Any,
    figures: Any,
    keys: Keys,
    vault: SubjectVault,
    size: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    groups = size(40, 400)
    connection = _connect(tmp_path / "log.db")
    migrate(connection)
    log = AuditLog.load(connection, keys, system_clock, vault=vault)
    first = log.size
    events = [
        Event(
            kind="send",
            action="message.submitted",
            object=f"m{number:026d}",
            details={"part": "1", "batch": "b01jd0000000000000000000000", "tp_mr": number},
        )
        for number in range(GROUP)
    ]

    def seal() -> float:
        connection.execute("BEGIN IMMEDIATE")
        took = _seconds(lambda: log.seal(connection, events, system_clock()))
        connection.execute("COMMIT")
        log.committed()
        return took

    inside: list[float] = []
    sealed = _seconds(
        lambda: benchmark.pedantic(lambda: inside.append(seal()), rounds=groups, iterations=1)
    )
    rows = connection.execute("SELECT * FROM audit_record WHERE seq >= ?", (first,)).fetchall()
    connection.close()
    assert len(rows) == groups * GROUP
    plain = _connect(tmp_path / "plain.db")
    plain.execute("CREATE TABLE audit_record (seq INTEGER PRIMARY KEY, header, body, leaf) STRICT"
                  .replace("header, body, leaf", "header BLOB, body BLOB, leaf BLOB"))  # fmt: skip

    def insert() -> None:
        for start in range(0, len(rows), GROUP):
            plain.execute("BEGIN IMMEDIATE")
            some = rows[start : start + GROUP]
            plain.executemany("INSERT INTO audit_record VALUES (?, ?, ?, ?)", some)
            plain.execute("COMMIT")

    bare = _seconds(insert)
    plain.close()
    figures.note("sealed log: records in groups of 64", len(rows) / sealed, "/s")
    figures.note("sealed log: plain inserts of the same", len(rows) / bare, "/s")
    figures.note("sealed log: time / plain inserts", sealed / bare, "x")
    figures.note("sealed log: one record", median(inside) / GROUP * 1e6, "µs")
    assert sealed / bare <= 12


def test_pdu_encoding(benchmark: Any, figures: Any) -> None:
    number = "+8613800138000"
    submit = Submit(destination=number, text=TEXT)
    # The library has no types.
    encode: Any = importlib.import_module("gsmmodem.pdu").encodeSmsSubmitPdu
    own = min(_seconds(lambda: [encode_submit(submit) for _ in range(200)]) for _ in range(5)) / 200
    rival = min(
        _seconds(lambda: [encode(number, TEXT) for _ in range(200)]) for _ in range(5)
    ) / 200  # fmt: skip
    benchmark(lambda: encode_submit(submit))
    figures.note("PDU: one Chinese segment", own * 1e6, "µs")
    figures.note("PDU: the library's encoder", rival * 1e6, "µs")
    assert own <= 2 * rival


def test_word_filter(benchmark: Any, figures: Any, size: Callable[[int, int], int]) -> None:
    words = [
        f"{chr(0x4E00 + n % 5_000)}{chr(0x4E00 + n * 7 % 20_000)}{chr(0x4E00 + n // 7 % 9_000)}"
        for n in range(size(20_000, 100_000))
    ]
    rules = WordFilter(Rules(Entry(word, "test", "review") for word in words))
    texts = [f"{number}号楼{TEXT}" for number in range(size(400, 4_000))]
    benchmark(lambda: rules.check(TEXT, "service"))
    took = min(_seconds(lambda: [rules.check(t, "service") for t in texts]) for _ in range(3))
    some = texts[:20]
    naive = _seconds(lambda: [[w for w in words if w in t] for t in some]) / len(some)
    name = f"word filter, {len(words):,} words:"
    figures.note(f"{name} messages", len(texts) / took, "/s")
    figures.note(f"{name} looking for each word in turn", 1 / naive, "/s")
    assert took / len(texts) <= naive
