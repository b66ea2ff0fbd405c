"""A long history, written straight into the tables."""

from __future__ import annotations

import sqlite3

_ROWS = (
    "INSERT INTO part (id, message_id, seq, state, updated_at) VALUES (?1, ?1, 1, 'delivered', 1)",
    "INSERT INTO attempt (id, part_id, modem, imsi, intent_at, tp_mr, outcome)"
    " VALUES (?1, ?1, 'A1', '460001234567890', ?1, ?1 % 256, 'delivered')",
    "INSERT INTO status_report (imsi, tp_mr, tp_st, subject_id, smsc_at, done_at, received_at, attempt_id)"
    " VALUES ('460001234567890', ?1 % 256, 0, 0, ?1, ?1, 1, ?1)",
    "INSERT INTO history (part_id, step, from_state, to_state, at) VALUES (?1, 1, 'queued', 'submitting', 1)",
    "INSERT INTO history (part_id, step, from_state, to_state, at) VALUES (?1, 2, 'submitting', 'submitted', 1)",
    "INSERT INTO history (part_id, step, from_state, to_state, at) VALUES (?1, 3, 'submitted', 'delivered', 1)",
    "INSERT INTO feed (at, topic, kind, ref, body) VALUES (1, 'message', 'submitting', 'x' || ?1, '{}')",
    "INSERT INTO feed (at, topic, kind, ref, body) VALUES (1, 'message', 'submitted', 'x' || ?1, '{}')",
    "INSERT INTO feed (at, topic, kind, ref, body) VALUES (1, 'message', 'delivered', 'x' || ?1, '{}')",
)
BATCH = 500


def add_batch(connection: sqlite3.Connection, first: int) -> None:
    """One batch of :data:`BATCH` delivered messages from id ``first`` on, of 1970."""
    batch = connection.execute(
        "INSERT INTO batch (public_id, state, purpose, priority, text, total, segments, submitter,"
        " digest, created_at) VALUES (?, 'done', 'service', 2, 'x', 500, 1, 'cli', x'00', ?)",
        (f"h{first}", first),
    ).lastrowid
    ids = range(first, first + BATCH)
    connection.executemany(
        "INSERT INTO message (id, public_id, batch_id, subject_id, state, priority, rank, not_before,"
        " segments, created_at, updated_at) VALUES (?1, 'x' || ?1, ?2, 0, 'delivered', 2, ?1, 1, 1, 1, 1)",
        [(i, batch) for i in ids],
    )
    for sql in _ROWS:
        connection.executemany(sql, [(i,) for i in ids])
