"""What published logs got wrong, then the attacks T1-T15 by name. ``box`` is conftest's LogBox."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from estate_sms.audit import archive
from estate_sms.audit.canonical import encode
from estate_sms.audit.errors import AuditDamagedError
from estate_sms.audit.notes import Checkpoint
from estate_sms.audit.verdict import Verdict
from estate_sms.audit.verify import verify_file

Box = Any


def invalid(verdict: Verdict, seq: int | None = None) -> None:
    assert verdict.outcome == "INVALID", verdict
    assert verdict.exit_code == 8
    if seq is not None:
        assert verdict.sequence == seq, verdict


def valid(verdict: Verdict) -> None:
    assert verdict.outcome == "VALID-UNANCHORED", verdict
    assert verdict.exit_code == 3


def test_t8_journald_cve_2023_31438_truncate_and_continue(box: Box) -> None:
    """T8: empty epochs are records too; without them the log does not verify."""
    box.start().record(3).stop()
    box.start().stop()  # nothing happened in this one
    box.start().record(3).sign()
    valid(box.verdict())
    rows = box.rows()
    without = [row for row in rows if row[0]["ep"] != 2]
    cut = next(i for i, row in enumerate(without) if row[0]["ep"] == 3)
    sizes = [row[0] for row in box.connection.execute("SELECT size FROM audit_checkpoint")]
    box.rewrite(without)
    for size in sizes:
        if size > cut:
            box.connection.execute("DELETE FROM audit_checkpoint WHERE size = ?", (size,))
    box.resign([len(without)], 3)
    invalid(box.verdict(), cut)
    # ... nor when the epochs are renumbered to hide the hole: the next key was announced.
    hidden = [({**h, "ep": min(h["ep"], 2)}, b) for h, b in without]
    box.connection.execute("DELETE FROM audit_epoch WHERE epoch = 2")
    box.connection.execute("UPDATE audit_epoch SET epoch = 2 WHERE epoch = 3")
    box.rewrite(hidden)
    box.connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (cut,))
    box.resign([len(hidden)], 2)
    invalid(box.verdict(), cut)


@pytest.mark.parametrize("name", ["of the old epoch", "of the current epoch"])
def test_t9_journald_cve_2023_31439_old_records_sealed_with_a_newer_key(
    box: Box, name: str
) -> None:
    """T9: whoever holds today's key cannot re-sign what earlier keys signed."""
    box.three_epochs()
    rows = box.rows()
    rows[3] = (rows[3][0], rows[3][1].replace(b"m3", b"m4"))
    sizes = [row[0] for row in box.connection.execute("SELECT size FROM audit_checkpoint")]
    sizes = [size for size in sizes if size > 3]

    def named(epoch: int) -> int:
        return 3 if "current" in name else epoch

    box.rewrite(rows).resign(sizes, 3, named)
    verdict = box.verdict()
    invalid(verdict)
    assert verdict.sequence == min(sizes) - 1
    assert "epoch" in verdict.reason


def test_t10_immudb_ghsa_672p_m5jq_mrh8_chain_and_tree_diverge(box: Box) -> None:
    """T10: the chain is whole but the tree is another, and the other way round."""
    box.start().record(6).sign()
    rows = box.rows()
    altered = [*rows[:4], (rows[4][0], rows[4][1].replace(b"m3", b"m4")), *rows[5:]]
    box.rewrite(altered)
    invalid(box.verdict(), len(rows) - 1)
    # Now the tree is right for these records and signed, but one record points elsewhere.
    box.rewrite(rows).resign([len(rows)], 1)
    valid(box.verdict())
    broken = [*rows[:5], ({**rows[5][0], "prev": rows[4][0]["prev"]}, rows[5][1]), *rows[6:]]
    box.rewrite(broken, chain=False).resign([len(rows)], 1)
    invalid(box.verdict(), 5)


@pytest.mark.parametrize("where", ["header", "body"])
@pytest.mark.parametrize("seq", [2, 5, 9])
def test_t1_a_bit_flipped_in_a_record(box: Box, where: str, seq: int) -> None:
    box.three_epochs().disarm()
    value = bytearray(
        box.connection.execute(
            f"SELECT {where} FROM audit_record WHERE seq = ?", (seq,)
        ).fetchone()[0]
    )
    position = value.index(b'"mono":1') + 7 if where == "header" else 5
    value[position] ^= 3
    box.connection.execute(
        f"UPDATE audit_record SET {where} = ? WHERE seq = ?", (bytes(value), seq)
    )
    invalid(box.verdict(), seq)


def test_t1_a_bit_flipped_in_a_leaf_root_or_signature(box: Box) -> None:
    box.three_epochs()
    half = box.rows()[-3][0]["ts"]
    assert half
    path = box.export(from_=box.now - 1)  # the earlier records are leaves only
    valid(verify_file(path))
    first = _members(path)[archive.RECORDS].split(b"\n")
    hidden = next(i for i, line in enumerate(first) if line.startswith(b'{"l"'))
    line = first[hidden]
    first[hidden] = line[:10] + (b"A" if line[10:11] != b"A" else b"B") + line[11:]
    invalid(verify_file(box.repack(path, records=b"\n".join(first))))
    signed = _members(path)[archive.CHECKPOINTS]
    for offset in (
        signed.index(b"\\n") + 6,
        signed.index(b"\\u2014" if b"\\u" in signed else "—".encode()) + 60,
    ):
        changed = bytearray(signed)
        changed[offset] ^= 1
        invalid(verify_file(box.repack(path, checkpoints=bytes(changed))))


def test_t2_adjacent_records_swapped(box: Box) -> None:
    box.three_epochs()
    rows = (
        box.disarm().connection.execute("SELECT * FROM audit_record WHERE seq IN (3, 4)").fetchall()
    )
    box.connection.execute("DELETE FROM audit_record WHERE seq IN (3, 4)")
    for seq, row in zip((4, 3), rows, strict=True):
        box.connection.execute("INSERT INTO audit_record VALUES (?, ?, ?, ?)", (seq, *row[1:]))
    invalid(box.verdict(), 3)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_t3_a_record_deleted(box: Box, place: str) -> None:
    box.three_epochs().disarm()
    seq = {"first": 0, "middle": 7, "last": box.size - 1}[place]
    box.connection.execute("DELETE FROM audit_record WHERE seq = ?", (seq,))
    invalid(box.verdict(), seq)


def test_t4_a_record_deleted_and_the_rest_renumbered(box: Box) -> None:
    rows = box.three_epochs().rows()
    box.rewrite(rows[:4] + rows[5:])
    invalid(box.verdict())


def test_t5_a_record_repeated(box: Box) -> None:
    rows = box.three_epochs().rows()
    box.rewrite(rows[:5] + rows[4:])
    invalid(box.verdict())


def test_t6_a_forged_record_in_the_open_epoch(box: Box) -> None:
    """Without the signing key INVALID; with it only an anchor tells."""
    box.three_epochs()
    anchor = box.head()
    rows = box.rows()
    forged = [*rows[:-1], (rows[-1][0], rows[-1][1].replace(b"m3", b"m4"))]
    box.rewrite(forged)
    invalid(box.verdict(), len(rows) - 1)
    box.resign([len(rows)], 3)
    sizes = [s for (s,) in box.connection.execute("SELECT size FROM audit_checkpoint")]
    box.resign([size for size in sizes if box.rows()[size - 1][0]["ep"] == 3], 3)
    valid(box.verdict())
    invalid(box.verdict(anchors=[anchor]), len(rows) - 1)


@pytest.mark.parametrize("keep", ["nothing", "genesis", "row", "checkpoint", "epoch"])
def test_t7_an_export_cut_without_the_signing_key(box: Box, keep: str) -> None:
    path = box.three_epochs().export()
    records = _members(path)[archive.RECORDS].splitlines(keepends=True)
    signed = _members(path)[archive.CHECKPOINTS].splitlines(keepends=True)
    sizes = [s for (s,) in box.connection.execute("SELECT size FROM audit_checkpoint ORDER BY 1")]
    closed = box.connection.execute("SELECT close_seq FROM audit_epoch WHERE epoch = 2").fetchone()[
        0
    ]
    size = {"nothing": 0, "genesis": 1, "row": 4, "checkpoint": sizes[1], "epoch": closed + 1}[keep]
    cut = box.repack(
        path,
        signed=False,
        records=b"".join(records[:size]),
        checkpoints=b"".join(line for line, s in zip(signed, sizes, strict=True) if s <= size),
    )
    invalid(verify_file(cut))


def test_t7_a_consistent_cut_at_an_epoch_boundary_lacks_the_signature(box: Box) -> None:
    """All members agree with each other; only the key that could sign the manifest is gone."""
    path = box.three_epochs().export()
    parts = _members(path)
    closed = box.connection.execute("SELECT close_seq FROM audit_epoch WHERE epoch = 2").fetchone()[
        0
    ]
    signed = parts[archive.CHECKPOINTS].splitlines(keepends=True)
    kept = sum(f"\\n{closed + 1}\\n".encode() in line for line in signed)
    assert kept == 1
    upto = next(i for i, line in enumerate(signed) if f"\\n{closed + 1}\\n".encode() in line)
    cut = box.repack(
        path,
        signed=False,
        size=closed + 1,
        records=b"".join(parts[archive.RECORDS].splitlines(keepends=True)[: closed + 1]),
        checkpoints=b"".join(signed[: upto + 1]),
        epochs=encode(json.loads(parts[archive.EPOCHS])[:2]),
        keys=encode(json.loads(parts[archive.KEYS])[:2]),
        view=b"".join(parts[archive.VIEW].splitlines(keepends=True)[: closed + 2]),
    )
    verdict = verify_file(cut)
    invalid(verdict)
    assert "not signed by the log's current key" in verdict.reason


def test_t7_a_database_cut_at_an_epoch_boundary_needs_an_anchor(box: Box) -> None:
    box.three_epochs()
    anchor = box.head()
    opened = box.connection.execute("SELECT first_seq FROM audit_epoch WHERE epoch = 3").fetchone()[
        0
    ]
    box.disarm()
    box.connection.execute("DELETE FROM audit_record WHERE seq >= ?", (opened,))
    box.connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (opened,))
    box.connection.execute("UPDATE audit_epoch SET first_seq = NULL, hot = NULL WHERE epoch = 3")
    box.crash().start().record(1).sign()
    valid(box.verdict())
    invalid(box.verdict(anchors=[anchor]))


def test_t7_a_database_cut_at_the_end_of_a_day_does_not_start(box: Any) -> None:
    """An epoch that ends with its day is followed at once: nobody without its key can make that up."""
    opened = _two_days(box)
    box.disarm()
    box.connection.execute("DELETE FROM audit_record WHERE seq >= ?", (opened,))
    box.connection.execute("DELETE FROM audit_checkpoint WHERE size > ?", (opened,))
    box.connection.execute("UPDATE audit_epoch SET first_seq = NULL, hot = NULL WHERE epoch = 2")
    with pytest.raises(AuditDamagedError) as caught:
        box.crash().start()
    assert caught.value.sequence == opened
    invalid(box.verdict())


def test_t7_a_log_grown_again_after_the_end_of_a_day(box: Any) -> None:
    opened = _two_days(box)
    later = {"boot": "00" * 8, "ts": "2030-01-01T00:00:00.000000Z"}
    rows = box.rows()
    box.rewrite([*rows[:opened], *(({**h, **later}, b) for h, b in rows[opened:])])
    box.resign([box.size], 2)
    invalid(box.verdict(), opened)


def _two_days(box: Any) -> int:
    """The number of the second day's first record."""
    box.start().record(3).pass_time(86_400).record(2).sign()
    valid(box.verdict())
    sql = "SELECT first_seq FROM audit_epoch WHERE epoch = 2"
    return int(box.connection.execute(sql).fetchone()[0])


def test_t8_days_without_a_record_are_named(box: Any) -> None:
    box.start().record(1).stop().pass_time(5 * 86_400).start().record(1).sign()
    verdict = box.verdict()
    valid(verdict)
    assert any("no record for 5 days" in finding for finding in verdict.findings)


def test_t8_a_running_box_that_skips_its_daily_close_is_named(box: Any) -> None:
    box.start().record(1).pass_time(3 * 86_400).record(1).sign()
    assert any("ran for 7" in finding for finding in box.verdict().findings)
    box.crash().start().pass_time(3600).record(1).stop()
    assert len(box.verdict().findings) == len(box.keys.warnings) + 1


def test_t7_a_closing_checkpoint_removed(box: Box) -> None:
    box.three_epochs().disarm()
    closed = box.connection.execute("SELECT close_seq FROM audit_epoch WHERE epoch = 1").fetchone()[
        0
    ]
    box.connection.execute("DELETE FROM audit_checkpoint WHERE size = ?", (closed + 1,))
    invalid(box.verdict(), closed)


def test_t11_two_checkpoints_of_one_size(box: Box) -> None:
    path = box.three_epochs().export()
    signed = _members(path)[archive.CHECKPOINTS].splitlines(keepends=True)
    twice = b"".join([*signed, signed[-1]])
    verdict = verify_file(box.repack(path, checkpoints=twice))
    invalid(verdict)
    assert "same size" in verdict.reason


def test_t15_an_old_image_restored_and_grown_again(box: Box) -> None:
    heads: list[Checkpoint] = []
    for day in range(4):
        if day == 1:
            box.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(box.path, box.data_dir / "image")
        box.start().record(3).stop().pass_time(86_400)
        heads.append(box.head())
    valid(box.verdict())
    verdict = box.verdict(anchors=heads)
    assert verdict.outcome == "VALID-ANCHORED"
    assert verdict.exit_code == 0
    box.connection.close()
    for leftover in ("-wal", "-shm"):
        box.path.with_name(box.path.name + leftover).unlink(missing_ok=True)
    shutil.copy(box.data_dir / "image", box.path)
    box.crash().start().record(7).stop()
    valid(box.verdict())  # alone it looks whole
    assert box.verdict(anchors=heads[:1]).outcome == "VALID-ANCHORED"
    for head in heads[1:]:
        invalid(box.verdict(anchors=[head]))


def test_the_whole_log_replaced(box: Box, tmp_path: Any) -> None:
    from estate_sms.audit.keys import Keys
    from estate_sms.audit.vault import SubjectVault

    first = box.start().record(2).sign().verdict()
    other_dir = tmp_path / "other"
    other_dir.mkdir()
    keys = Keys.load(other_dir)
    other = type(box)(other_dir, keys, SubjectVault(keys))
    second = other.start().record(2).sign().verdict()
    invalid(other.verdict(anchors=[box.head()]))
    other.close()
    assert first.genesis
    assert first.genesis != second.genesis


def _members(path: Any) -> dict[str, bytes]:
    with path.open("rb") as file:
        found = archive.read_members(file)
        out: dict[str, bytes] = {}
        for name, member in found.items():
            file.seek(member.offset)
            out[name] = file.read(member.size)
    return out
