"""The writer: numbering, epochs, clocks, damage found at start. ``box`` is conftest's LogBox."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from estate_sms.audit import epochs
from estate_sms.audit.bodies import encode_body
from estate_sms.audit.canonical import parse, parse_object
from estate_sms.audit.errors import AuditDamagedError, KeysError
from estate_sms.audit.headers import parse_header
from estate_sms.audit.keys import Keys
from estate_sms.audit.log import STOP, AuditLog
from estate_sms.audit.reading import tail
from estate_sms.audit.times import BACKWARD, FORWARD, JumpDetector, local_day
from estate_sms.store.clock import SECOND, from_datetime, to_datetime
from estate_sms.store.events import Event, Personal

Box = Any


def headers(box: Box) -> list[dict[str, Any]]:
    return [row[0] for row in box.rows()]


def actions(box: Box) -> list[str]:
    return [entry.action for entry in reversed(tail(box.connection, box.keys, 1000))]


def checkpoints(box: Box) -> list[tuple[int, int]]:
    sql = "SELECT size, epoch FROM audit_checkpoint ORDER BY size"
    return list(box.connection.execute(sql))


def test_every_header_is_canonical_gapless_and_chained(box: Box) -> None:
    box.three_epochs()
    rows = box.connection.execute("SELECT header, leaf FROM audit_record ORDER BY seq").fetchall()
    prev = b""
    for seq, (raw, leaf) in enumerate(rows):
        assert parse(raw)
        header = parse_header(raw)
        assert (header.seq, header.prev) == (seq, prev)
        prev = leaf
    assert actions(box)[:2] == ["epoch.open", "sys.start"]
    assert actions(box)[-5:-3] == ["sys.start", "message.queued"]


def test_an_orderly_end_closes_the_epoch_once(box: Box) -> None:
    box.start().record(2).stop()
    assert actions(box)[-2:] == ["sys.stop", "epoch.close"]
    assert checkpoints(box)[-1] == (box.size, 1)
    signer = "SELECT signer FROM audit_epoch WHERE epoch = ?"
    assert box.connection.execute(signer, (1,)).fetchone() == (None,)
    assert box.connection.execute(signer, (2,)).fetchone()[0] is not None
    with pytest.raises(KeysError):
        epochs.signing_key(box.connection, box.keys, 1)
    size = box.size
    box.sign().crash().start()
    assert actions(box)[size:] == ["epoch.open", "sys.start"]


def test_the_signing_key_cannot_go_before_the_closing_checkpoint(box: Box) -> None:
    box.start().group(STOP)
    with pytest.raises(sqlite3.IntegrityError):
        box.connection.execute("UPDATE audit_epoch SET signer = NULL WHERE epoch = 1")


@pytest.mark.parametrize("when", ["open", "closed, not signed"])
def test_a_crashed_epoch_is_closed_first(box: Box, when: str) -> None:
    box.start().record(3)
    if when != "open":
        box.group(STOP)
    box.crash().start()
    closing = [h["seq"] for h in headers(box) if "close" in h]
    assert len(closing) == 1
    assert (closing[0] + 1, 1) in checkpoints(box)
    assert box.json_body(box.size - 1)["details"]["unclean"] is (when == "open")
    assert box.verdict().outcome == "VALID-UNANCHORED"


def test_a_discarded_group_costs_an_epoch_and_never_a_nonce(box: Box) -> None:
    box.start().record(2)
    seen: set[tuple[bytes | None, int, bytes]] = set()
    for _ in range(3):
        box.connection.execute("BEGIN IMMEDIATE")
        box.log.seal(box.connection, [Event(kind="send", action="lost")], box.now)
        for seq, raw, body in box.connection.execute("SELECT seq, header, body FROM audit_record"):
            if body:
                key = epochs.hot_key(box.connection, box.keys, parse_header(raw).epoch)
                seen.add((key, seq, body))
        box.connection.execute("ROLLBACK")
        box.log.discarded()
        assert box.log.unsigned >= 0
        box.record(1)
        for seq, raw, body in box.connection.execute("SELECT seq, header, body FROM audit_record"):
            if body:
                key = epochs.hot_key(box.connection, box.keys, parse_header(raw).epoch)
                seen.add((key, seq, body))
    assert len({(key, seq) for key, seq, _ in seen}) == len(seen)
    assert "lost" not in actions(box)
    box.sign()
    assert box.verdict().outcome == "VALID-UNANCHORED"
    assert max(h["ep"] for h in headers(box)) == 4


def test_signing_after_a_discarded_group_waits_for_the_next_record(box: Box) -> None:
    box.start().record(1)
    box.log.discarded()
    before = checkpoints(box)
    box.sign()
    assert checkpoints(box) == before
    box.record(1).sign()
    assert box.verdict().outcome == "VALID-UNANCHORED"


def test_a_new_day_is_a_new_epoch(box: Box) -> None:
    box.start().record(1).pass_time(86_400).record(1).sign()
    assert [h["ep"] for h in headers(box)] == [1, 1, 1, 1, 2, 2]
    assert "close" in headers(box)[3]
    assert (4, 1) in checkpoints(box)
    assert box.verdict().outcome == "VALID-UNANCHORED"


def test_a_full_epoch_is_followed_by_another(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "MAX_RECORDS", 10)
    box.start().record(9).record(1).sign()
    assert [h["seq"] for h in headers(box) if "open" in h] == [0, 12]
    assert box.verdict().outcome == "VALID-UNANCHORED"


@pytest.mark.parametrize("jump", [-3600, 365 * 86_400, -1_700_000_000])
def test_t16_a_jump_of_the_clock_is_recorded(box: Box, jump: int) -> None:
    box.start().record(1)
    box.now += jump * SECOND
    box.mono += SECOND
    box.record(1).sign()
    entry = next(e for e in tail(box.connection, box.keys) if e.kind == "clock")
    assert entry.action == "clock.jump"
    assert entry.details == {"microseconds": (jump - 1) * SECOND}
    verdict = box.verdict()
    assert verdict.outcome == "VALID-UNANCHORED"
    assert not any("clock record" in finding for finding in verdict.findings)


def test_t16_a_clock_set_back_while_the_box_was_off(box: Box) -> None:
    box.start().record(1).stop()
    box.now -= 3600 * SECOND
    box.start().sign()
    assert any(e.kind == "clock" for e in tail(box.connection, box.keys))
    assert not any("clock record" in f for f in box.verdict().findings)


def test_t16_time_that_goes_back_unrecorded_is_a_finding(box: Box) -> None:
    box.start().record(3).sign()
    rows = box.rows()
    rows[3] = ({**rows[3][0], "ts": "2020-01-01T00:00:00.000000Z"}, rows[3][1])
    sizes = [size for size, _ in checkpoints(box)]
    box.rewrite(rows).resign([size for size in sizes if size > 3], 1)
    verdict = box.verdict()
    assert verdict.outcome == "VALID-UNANCHORED"
    assert any("record 3" in f and "clock record" in f for f in verdict.findings)


def test_small_steps_of_the_clock_are_not_jumps() -> None:
    jumps = JumpDetector()
    assert jumps.seen(0, 0) is None
    assert jumps.seen(-BACKWARD, 1) is None
    assert jumps.seen(FORWARD - SECOND, SECOND) is None
    assert jumps.seen(FORWARD * 3, 2 * SECOND) == 2 * FORWARD
    assert JumpDetector(SECOND * 10).seen(SECOND * 8, 0) == -2 * SECOND


def test_a_local_day_follows_its_zone() -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    at = from_datetime(datetime(2026, 1, 31, 1, 0, tzinfo=zone))
    start, end = local_day(at, zone)
    assert to_datetime(start).astimezone(zone).isoformat() == "2026-01-31T00:00:00+08:00"
    assert end - start == 86_400 * SECOND


def damage(box: Box, sql: str, *values: object) -> AuditDamagedError:
    box.disarm().connection.execute(sql, values)
    before = box.connection.serialize()
    with pytest.raises(AuditDamagedError) as caught:
        box.crash().start()
    assert box.connection.serialize() == before
    return caught.value


def test_damage_in_the_tail_is_named_and_nothing_is_repaired(box: Box) -> None:
    box.start().record(3).sign().record(3)
    body = box.connection.execute("SELECT body FROM audit_record WHERE seq = 6").fetchone()[0]
    error = damage(box, "UPDATE audit_record SET body = ? WHERE seq = 6", body[:-1] + b"x")
    assert error.sequence == 6
    assert "6" in str(error)


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("DELETE FROM audit_record WHERE seq = 6", 6),
        ("DELETE FROM audit_record WHERE seq >= 6", None),
        ("DELETE FROM audit_record WHERE seq >= 3", 4),
        ("DELETE FROM audit_record WHERE seq = 4", 4),
        ("UPDATE audit_record SET header = x'7b7d' WHERE seq = 7", 7),
        ("UPDATE audit_record SET leaf = zeroblob(32) WHERE seq = 4", 4),
        ("UPDATE audit_checkpoint SET nodes = zeroblob(64) WHERE size = 5", 4),
        ("UPDATE audit_checkpoint SET nodes = x'00' WHERE size = 5", 4),
        ("UPDATE audit_checkpoint SET note = x'78' WHERE size = 5", 4),
        ("UPDATE audit_epoch SET public_key = zeroblob(32)", 4),
        ("DELETE FROM audit_epoch", None),
        ("UPDATE audit_epoch SET close_seq = 7", 8),
        ("UPDATE audit_epoch SET close_seq = 3", None),
    ],
)
def test_damage_is_found_at_start(box: Box, sql: str, seq: int | None) -> None:
    box.start().record(3).sign().record(3)
    if seq is None and "audit_record" in sql:
        # The tail after the last checkpoint is cut: only an anchor or an export could tell.
        box.disarm().connection.execute(sql)
        box.crash().start()
        return
    error = damage(box, sql)
    if seq is not None:
        assert error.sequence == seq


def test_records_and_checkpoints_cannot_be_changed_by_sql(box: Box) -> None:
    box.start().record(1).sign()
    for sql in (
        "UPDATE audit_record SET body = x'00'",
        "DELETE FROM audit_record",
        "UPDATE audit_checkpoint SET note = x'00'",
        "DELETE FROM audit_checkpoint",
        "INSERT INTO audit_record VALUES (99, x'00', x'00', zeroblob(32))",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            box.connection.execute(sql)


def test_the_wrong_key_encryption_key_is_refused(box: Box, tmp_path: Any) -> None:
    box.start().record(1)
    before = box.size
    with pytest.raises(Exception, match="does not belong to this database"):
        AuditLog.load(box.connection, Keys.load(tmp_path / "other"), lambda: box.now)
    assert box.size == before


def test_odd_values_are_recorded_and_fail_no_one(box: Box) -> None:
    details: Any = {"big": 2**53, "neg": -(2**60), "float": 1.5, "楼": 1, "nul": "a\0b", "ok": None}
    box.start().group(
        Event(kind="send", action="odd", reason="half \ud800 a pair", details=details),
        Event(kind="send", action="even"),
    ).sign()
    odd = box.json_body(box.size - 2)
    assert odd["details"] == {
        "big": str(2**53),
        "neg": str(-(2**60)),
        "float": "1.5",
        "\\u697c": 1,
        "nul": "a\0b",
        "ok": None,
    }
    assert odd["reason"] == "half ? a pair"
    assert box.verdict().outcome == "VALID-UNANCHORED"
    assert parse_object(encode_body(box.connection, box.vault, Event(kind="sys", action="a"))) == {
        "action": "a",
        "actor": "system",
    }


def test_tail_reads_newest_first_and_pages(box: Box) -> None:
    box.three_epochs()
    newest = tail(box.connection, box.keys, 3)
    assert [e.seq for e in newest] == [box.size - 1, box.size - 2, box.size - 3]
    assert newest[0].details == {"parts": 3, "modem": "m3"}
    assert newest[0].actor == "key:k1"
    older = tail(box.connection, box.keys, 2, before=newest[-1].seq)
    assert [e.seq for e in older] == [newest[-1].seq - 1, newest[-1].seq - 2]
    box.connection.execute("UPDATE audit_epoch SET hot = NULL WHERE epoch = 3")
    assert not tail(box.connection, box.keys, 1)[0].readable
    box.disarm().connection.execute("UPDATE audit_record SET body = x'00' WHERE seq = 3")
    with pytest.raises(AuditDamagedError):
        tail(box.connection, box.keys, 100)


def test_what_protects_nothing_is_said_in_the_log(box: Box) -> None:
    box.start()
    warnings = box.json_body(1)["details"]["warnings"]
    assert "beside the database" in warnings
    assert json.dumps(warnings)


def test_what_cannot_be_kept_is_recorded_as_omitted(box: Box) -> None:
    kind: Any = "unheard"
    box.start().group(
        Event(kind="send", action="huge", details={"text": "停" * 400_000}),
        Event(kind=kind, action="kind"),
        Event(kind="send", action="nobody", personal={"to": Personal(999, "+8613800138000")}),
    ).sign()
    huge, other, nobody = (box.json_body(box.size - n) for n in (3, 2, 1))
    assert huge["details"]["omitted_octets"] > 1_200_000
    assert (other["action"], headers(box)[-2]["k"]) == ("kind", "sys")
    assert nobody["personal"] == {"to": {"$s": ""}}
    assert box.verdict().outcome == "VALID-UNANCHORED"
    box.crash().start()
