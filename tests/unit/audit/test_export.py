"""Periods, the table, and what an export leaves out. ``box`` is conftest's LogBox."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from estate_sms.audit.export_plan import ExportError
from estate_sms.audit.manifest import parse_manifest
from estate_sms.audit.verify import verify_file
from estate_sms.store.clock import SECOND
from estate_sms.store.events import Event, Personal
from estate_sms.store.unit import UnitOfWork

Box = Any
NUMBER = "+8613800138000"
PARTS = (("records", "jsonl"), ("view", "csv"), ("keys", "json"))


def _days(box: Box, days: int = 4) -> list[int]:
    """A log with one epoch a day; when each day's records were made."""
    at: list[int] = []
    for _ in range(days):
        at.append(box.now)
        box.start().record(3).stop().pass_time(86_400)
    box.start().sign()
    return at


def test_a_period_is_shown_in_its_place(box: Box, read_member: Any) -> None:
    at = _days(box)
    path = box.export(from_=at[1], to_=at[2])
    verdict = verify_file(path)
    assert verdict.outcome == "VALID-UNANCHORED"
    rows = list(csv.reader(io.StringIO(read_member(path, "view.csv").decode("utf-8-sig"))))
    inside = [row for row in rows[1:] if row[2] == "2"]
    assert len(inside) == len(rows) - 3  # heading, and one neighbour on either side
    assert (verdict.first, verdict.last) == (int(rows[1][0]), int(rows[-1][0]))
    disclosed = [entry["epoch"] for entry in json.loads(read_member(path, "keys.json"))]
    assert disclosed == [1, 2, 3]
    assert verdict.size == box.size
    assert len(path.read_bytes()) < len(box.export().read_bytes())


@pytest.mark.parametrize("which", ["before", "gap", "after"])
def test_a_period_in_which_nothing_happened_is_shown_by_its_neighbours(
    box: Box, which: str
) -> None:
    at = _days(box)
    from_ = {"before": at[0] - 100, "gap": at[1] + 100, "after": box.now + 100}[which]
    verdict = verify_file(box.export(from_=from_, to_=from_ + 50))
    assert verdict.outcome == "VALID-UNANCHORED"
    assert verdict.last - verdict.first == (1 if which == "gap" else 0)


def test_a_period_may_be_open_at_one_end(box: Box) -> None:
    at = _days(box)
    for options in ({"from_": at[2]}, {"to_": at[2]}, {"from_": 0}, {"to_": at[0]}):
        assert verify_file(box.export(**options)).outcome == "VALID-UNANCHORED"


def test_records_of_the_period_cannot_be_left_out(box: Box, read_member: Any) -> None:
    """Even by whoever holds the key that signs the manifest."""
    at = _days(box)
    path = box.export(from_=at[1], to_=at[3])
    assert verify_file(path).outcome == "VALID-UNANCHORED"
    shorter = box.export(from_=at[1] + SECOND, to_=at[3])  # hides the second day's records
    first = parse_manifest(read_member(shorter, "MANIFEST.json")).first
    parts = {name: read_member(shorter, f"{name}.{end}") for name, end in PARTS}
    forged = verify_file(box.repack(path, first=first, **parts))
    assert forged.outcome == "INVALID"
    assert (forged.sequence, forged.reason) == (first, "records of the period are left out")
    left_out = verify_file(box.repack(path, records=parts["records"]))
    assert left_out.reason == "a record of the period is left out"


def test_without_a_checkpoint_there_is_no_export(box: Box) -> None:
    box.start()
    box.disarm().connection.execute("DELETE FROM audit_checkpoint")
    with pytest.raises(ExportError):
        box.export()
    assert not list(box.data_dir.glob("*.esab*"))
    assert not box.connection.in_transaction


def test_an_export_that_cannot_be_written_leaves_nothing(box: Box) -> None:
    box.start()
    (box.data_dir / "1.esab").mkdir()
    with pytest.raises(ExportError):
        box.export()
    assert [p.name for p in box.data_dir.iterdir() if "esab" in p.name] == ["1.esab"]


def test_an_auditor_reads_what_an_open_export_shows(box: Box, read_member: Any) -> None:
    """Every body, or the rows about one person alone; and nothing of a file that is not sound."""
    box.three_epochs()
    box.connection.execute("BEGIN IMMEDIATE")
    subject = box.vault.subject(UnitOfWork(box.connection, box.now), NUMBER)
    box.connection.execute("COMMIT")
    name = box.vault.ref(box.connection, subject).hex()
    box.group(Event(kind="rights", action="asked", personal={"to": Personal(subject, NUMBER)}))
    auditor = X25519PrivateKey.generate()
    shown = read_member(box.sign().export(), "view.csv")
    path = box.export(for_=auditor.public_key())
    assert b"asked" not in path.read_bytes()
    every, one, nothing = io.BytesIO(), io.BytesIO(), io.BytesIO()
    verify_file(path, auditor=auditor, view=every)
    assert every.getvalue() == shown
    verify_file(path, auditor=auditor, view=one, person=name)
    assert one.getvalue().count(b"\r\n") == 2, "the heading and the one record"
    assert name.encode() in one.getvalue()
    path.write_bytes(path.read_bytes().replace(b'"seq":5', b'"seq":6', 1))
    assert verify_file(path, auditor=auditor, view=nothing).outcome == "INVALID"
    assert nothing.getvalue() == b""


def test_the_table_masks_persons_and_disarms_formulas(box: Box, read_member: Any) -> None:
    box.start()
    box.connection.execute("BEGIN IMMEDIATE")
    uow = UnitOfWork(box.connection, box.now)
    subject = box.vault.subject(uow, NUMBER)
    box.connection.execute("COMMIT")
    for reason in ("=1+1", "+86", "-1", "@x", "\t=1", "\r=1", 'say "停水", now\r\nline two'):
        event = Event(
            kind="send",
            action="message.queued",
            reason=reason,
            personal={"to": Personal(subject, NUMBER)},
        )
        box.group(event)
    path = box.sign().export()
    data = path.read_bytes()
    assert b"13800138000" not in data
    view = read_member(path, "view.csv")
    assert view.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(view.decode("utf-8-sig"), newline="")))
    reasons = [row["reason"] for row in rows if row["action"] == "message.queued"]
    assert reasons == [
        "'=1+1",
        "'+86",
        "'-1",
        "'@x",
        "'\t=1",
        "'\r=1",
        'say "停水", now\r\nline two',
    ]
    refs = {row["personal"] for row in rows if row["personal"]}
    assert refs == {"to=" + box.vault.ref(box.connection, subject).hex()}
    assert verify_file(path).outcome == "VALID-UNANCHORED"


def test_a_table_that_says_something_else_is_invalid(box: Box, read_member: Any) -> None:
    path = box.start().record(3).sign().export()
    view = read_member(path, "view.csv").replace(b"message.queued", b"message.denied", 1)
    verdict = verify_file(box.repack(path, view=view))
    assert verdict.outcome == "INVALID"
    assert "view.csv" in verdict.reason


def test_bodies_stay_closed_once_the_hot_key_has_expired(box: Box) -> None:
    box.start().record(2).stop().pass_time(36 * 86_400)
    box.start().record(2).sign()
    verdict = box.verdict()
    assert verdict.outcome == "VALID-UNANCHORED"
    assert verdict.opened == 3  # the second epoch's
