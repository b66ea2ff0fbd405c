"""T17: power goes at any moment. What SQLite then keeps is a prefix of the write-ahead log."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit import epochs
from estate_sms.audit.headers import parse_header
from estate_sms.store.events import Event

Box = Any
Sealed = dict[tuple[bytes, int], bytes]


def _life(box: Box) -> None:
    """Groups, checkpoints, a discarded group, a new day, an end and a new start; never flushed."""
    box.connection.execute("PRAGMA wal_autocheckpoint = 0")
    box.start().record(3).sign().record(2)
    box.connection.execute("BEGIN IMMEDIATE")
    box.log.seal(box.connection, [Event(kind="send", action="lost")], box.now)
    box.connection.execute("ROLLBACK")
    box.log.discarded()
    box.record(1).pass_time(86_400).record(2).sign().record(1).stop()
    box.start().record(2).sign().record(1)


def _sealed(box: Box) -> Sealed:
    """Every ciphertext by key and number: what a second one there would betray."""
    found: Sealed = {}
    for seq, raw, body in box.connection.execute("SELECT seq, header, body FROM audit_record"):
        key = epochs.hot_key(box.connection, box.keys, parse_header(raw).epoch)
        if body:
            assert key is not None
            found[key, seq] = body
    return found


def _cut(box: Box, folder: Path, length: int) -> Box:
    """The box as it comes back when only ``length`` octets of the write-ahead log were written."""
    folder.mkdir()
    shutil.copy(box.path, folder / box.path.name)
    wal = box.path.with_name(box.path.name + "-wal").read_bytes()[:length]
    (folder / f"{box.path.name}-wal").write_bytes(wal)
    return type(box)(folder, box.keys, type(box.vault)(box.keys))


@pytest.mark.parametrize("seed", range(2))
def test_t17_power_cut_anywhere(box: Box, tmp_path: Path, seed: int) -> None:
    box.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the schema is on disk already
    _life(box)
    before = _sealed(box)
    size = box.path.with_name(box.path.name + "-wal").stat().st_size
    rng = random.Random(seed)
    kept: set[int] = set()
    for number in range(12):
        back = _cut(box, tmp_path / f"cut{number}", rng.randrange(size // 3, size + 1))
        records, signed = back.size, back.signed_size()
        kept.add(records)
        assert signed <= records
        back.now = box.now
        back.start().record(2).sign()
        for place, body in _sealed(back).items():
            assert before.get(place, body) == body, "one nonce, two plaintexts"
        assert back.verdict().outcome == "VALID-UNANCHORED"
        back.close()
    assert len(kept) >= 3
