"""Anchors from outside and what they are worth. ``box`` is conftest's LogBox."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from estate_sms.audit import anchors, notes
from estate_sms.audit.anchoring import consistency, newest_head, note_anchor
from estate_sms.audit.anchors import Held, parse_held, parse_receipts
from estate_sms.audit.canonical import encode
from estate_sms.audit.cosignature import (
    Cosignature,
    WitnessKey,
    parse_cosignature,
    parse_witness_key,
    signed_message,
)
from estate_sms.audit.ed25519 import verify_plain, verify_signature
from estate_sms.audit.errors import FormatError
from estate_sms.audit.proofs import consistency_from, consistency_proof, root_of
from estate_sms.audit.tree import CompactRange
from estate_sms.audit.verify import verify_file
from estate_sms.modem.pdu.segment import segment
from estate_sms.store.unit import UnitOfWork

Box = Any


def long_sms(box: Box) -> str:
    head = newest_head(box.connection)
    return anchors.long_text(
        head.checkpoint.size, head.epoch, head.checkpoint.root, head.note.signature
    )


def short_sms(box: Box) -> str:
    head = newest_head(box.connection)
    return "【翠湖物业】" + anchors.short_text(
        head.checkpoint.size, head.epoch, head.checkpoint.root
    )


def note(box: Box) -> str:
    return newest_head(box.connection).text


def keep(box: Box, kind: str, by: str, proof: str) -> None:
    uow = UnitOfWork(box.connection, box.now)
    note_anchor(uow, kind, newest_head(box.connection).checkpoint, by, proof)


def cosign(box: Box, name: str = "office") -> tuple[WitnessKey, str]:
    key = Ed25519PrivateKey.generate()
    public = WitnessKey(name, key.public_key().public_bytes_raw())
    text = newest_head(box.connection).note.text
    line = Cosignature(
        name, public.key_id, 1_800_000_000, key.sign(signed_message(text, 1_800_000_000))
    )
    return public, line.line()


@pytest.mark.parametrize("form", [long_sms, short_sms, note])
def test_an_anchor_a_person_holds_makes_the_log_anchored(box: Box, form: Any) -> None:
    text = form(box.three_epochs())
    box.record(3).sign()
    verdict = box.verdict(anchors=[parse_held(text)])
    assert (verdict.outcome, verdict.exit_code) == ("VALID-ANCHORED", 0)
    assert verdict.residual == 3
    assert len(verdict.anchors) == 1
    assert "of the 3 records after it" in verdict.reason
    assert parse_held(f"Fwd: {text}\n").size == verdict.size - 3 or form is note


@pytest.mark.parametrize("form", [long_sms, short_sms, note])
@pytest.mark.parametrize("days", [0, 1, 2])
def test_t15_an_image_of_day_n_restored(box: Box, form: Any, days: int) -> None:
    """VALID-UNANCHORED alone, INVALID beside an anchor of a later day."""
    for day in range(4):
        box.start().record(3).stop().pass_time(86_400)
        if day == days:
            box.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(box.path, box.data_dir / "image")
    text = form(box)
    box.connection.close()
    for leftover in ("-wal", "-shm"):
        box.path.with_name(box.path.name + leftover).unlink(missing_ok=True)
    shutil.copy(box.data_dir / "image", box.path)
    box.crash().start().record(40).stop()
    assert box.verdict().outcome == "VALID-UNANCHORED"
    assert box.verdict(anchors=[parse_held(text)]).outcome == "INVALID"


@pytest.mark.parametrize("form", [long_sms, short_sms, note])
def test_a_mistyped_anchor_is_not_taken_for_one(box: Box, form: Any) -> None:
    text = form(box.three_epochs())
    at = len(text) - 8 if form is not note else text.index("\n", len(box.log.origin) + 1) + 5
    changed = text[:at] + ("B" if text[at] != "B" else "C") + text[at + 1 :]
    try:
        found = parse_held(changed)
    except FormatError:
        return
    verdict = box.verdict(anchors=[found])
    assert verdict.outcome == "INVALID"


def test_the_sms_fits_one_message() -> None:
    text = anchors.long_text(1234567, 4321, bytes(range(32)), bytes(range(64)))
    assert len(text) == 148
    assert (segment(text).alphabet, len(segment(text).segments)) == ("gsm7", 1)
    short = "【四字签名】" + anchors.short_text(1234567, 4321, bytes(range(32)))
    assert len(short) == 57
    assert len(segment(short).segments) == 1
    held = parse_held(text)
    assert (held.size, held.epoch, held.root, held.signature) == (
        1234567, 4321, bytes(range(32)), bytes(range(64)),
    )  # fmt: skip
    assert parse_held(short).root == bytes(range(20))


@pytest.mark.parametrize(
    "text", ["", "ESA1 1 1 x y", "hello", "审计锚 E1 N1 short", "a\nb\nc\n", "\n\n"]
)
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_held(text)


def test_a_witness_counts_only_under_a_key_known_from_elsewhere(box: Box) -> None:
    public, line = cosign(box.three_epochs())
    keep(box, "witness", "office", line)
    box.record(2).sign()
    unknown = box.verdict()
    assert unknown.outcome == "VALID-UNANCHORED"
    assert any("names 1 more anchors" in finding for finding in unknown.findings)
    other, _ = cosign(box)  # same name, another key
    assert box.verdict(witnesses=[other]).outcome == "VALID-UNANCHORED"
    known = box.verdict(witnesses=[public])
    assert (known.outcome, known.residual) == ("VALID-ANCHORED", 2)
    assert known.anchors == (f"the witness office (to record {known.size - 3})",)


def test_a_forged_signature_of_a_known_witness_is_invalid(box: Box) -> None:
    public, line = cosign(box.three_epochs())
    made = parse_cosignature(line)
    forged = Cosignature(made.name, made.key_id, made.seconds + 1, made.signature)
    keep(box, "witness", "office", forged.line())
    assert box.verdict().outcome == "VALID-UNANCHORED"
    assert box.verdict(witnesses=[public]).outcome == "INVALID"


@pytest.mark.parametrize("kind", ["sms", "paper"])
def test_a_receipt_proves_nothing_but_must_agree(box: Box, kind: str) -> None:
    keep(box.three_epochs(), kind, "2 phones", long_sms(box))
    box.record(1).sign()
    assert box.verdict().outcome == "VALID-UNANCHORED"
    path = box.export()
    listed = newest_head(box.connection)
    wrong = anchors.Receipt(kind, 3, bytes(32), "2026-01-01T00:00:00.000000Z", "x", "")
    assert verify_file(box.repack(path, anchors=encode([wrong.listed()]))).outcome == "INVALID"
    beyond = anchors.Receipt(
        kind, listed.checkpoint.size + 1, bytes(32), "2026-01-01T00:00:00.000000Z", "x", ""
    )
    verdict = verify_file(box.repack(path, anchors=encode([beyond.listed()])))
    assert verdict.outcome == "INVALID"
    assert "the log was cut" in verdict.reason


@pytest.mark.parametrize(
    "change",
    [{"kind": "tweet"}, {"size": 0}, {"size": True}, {"size": "1"}, {"root": "AAAA"}, {"at": "now"}, {"by": 1}, {"more": 1}],
)  # fmt: skip
def test_an_odd_receipt_is_refused(change: dict[str, object]) -> None:
    receipt = anchors.Receipt("sms", 3, bytes(32), "2026-01-01T00:00:00.000000Z", "x", "")
    assert parse_receipts(encode([receipt.listed()]), 3) == [receipt]
    with pytest.raises(FormatError):
        parse_receipts(encode([{**receipt.listed(), **change}]), 3)


def test_anchors_on_file_are_only_added(box: Box) -> None:
    keep(box.three_epochs(), "paper", "x", "")
    for sql in ("UPDATE audit_anchor SET size = 1", "DELETE FROM audit_anchor"):
        with pytest.raises(Exception, match="anchors are never"):
            box.connection.execute(sql)


@pytest.mark.parametrize("size", range(2, 40))
def test_t21_proofs_from_a_compact_range_equal_those_from_all_leaves(size: int) -> None:
    leaves = [bytes([i]) * 32 for i in range(size)]
    for old in range(1, size):
        tree = CompactRange()
        for leaf in leaves[:old]:
            tree.append(leaf)
        found = consistency_from(tree, size, lambda a, b: root_of(leaves[a:b]))
        assert found == consistency_proof(leaves, old)


def test_a_proof_over_the_log_itself(box: Box) -> None:
    box.start().record(5).sign()
    old = newest_head(box.connection).checkpoint
    box.record(9).sign()
    new = newest_head(box.connection).checkpoint
    leaves = [
        row[0] for row in box.connection.execute("SELECT leaf FROM audit_record ORDER BY seq")
    ]
    assert consistency(box.connection, old.size, new.size) == consistency_proof(leaves, old.size)
    with pytest.raises(Exception, match="never signed that many"):
        consistency(box.connection, old.size + 1, new.size)


def test_keys_of_witnesses_and_logs_as_text() -> None:
    witness = WitnessKey("office.example/w1", bytes(range(32)))
    assert parse_witness_key(witness.text()) == witness
    log = notes.LogKey("estate-sms/x", bytes(range(32)))
    assert notes.parse_log_key(log.text()) == log
    for text in (log.text(), witness.text()[:-4], "x", witness.text().replace("office", "other")):
        with pytest.raises(FormatError):
            parse_witness_key(text)
    with pytest.raises(FormatError):
        notes.parse_log_key(witness.text())


def test_signatures_are_checked_alike_without_the_library() -> None:
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key().public_bytes_raw(), b"estate"
    signature = key.sign(message)
    assert verify_plain(public, signature, message)
    for at in range(64):
        changed = bytearray(signature)
        changed[at] ^= 1 << at % 8
        assert not verify_plain(public, bytes(changed), message)
        assert not verify_signature(public, bytes(changed), message)
    assert not verify_plain(public, signature, b"other")
    assert not verify_plain(public[:-1], signature, message)
    assert not verify_plain(bytes(31) + b"\x80", signature, message)
    # RFC 8032 section 7.1, test 2
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify_plain(public, signature, b"\x72")


def test_an_anchor_of_another_log_is_refused(box: Box) -> None:
    box.three_epochs()
    head = box.head()
    other = Held(head.size, head.root, "estate-sms/other")
    assert box.verdict(anchors=[other]).outcome == "INVALID"
