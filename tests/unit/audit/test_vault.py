"""Sealed values, subjects, blind index, shredding (T18), and the key files."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit import keyfiles
from estate_sms.audit.errors import KeysError
from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.store.events import Event, Personal
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork
from estate_sms.store.vault import BOX, SubjectShreddedError, VaultError

Box = Any
NUMBER = "+8613800138000"
OTHER = "+8613800138001"


@pytest.fixture
def connection(vault: SubjectVault) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    migrate(opened)
    vault.prepare(opened)
    yield opened
    opened.close()


@pytest.fixture
def uow(connection: sqlite3.Connection) -> UnitOfWork:
    return UnitOfWork(connection, 1_700_000_000_000_000)


def test_a_number_has_one_subject(vault: SubjectVault, uow: UnitOfWork) -> None:
    first, second, again = vault.subjects(uow, [NUMBER, OTHER, NUMBER])
    assert first == again != second
    assert vault.subject(uow, OTHER) == second
    assert vault.find(uow.connection, NUMBER) == first
    assert vault.find(uow.connection, "+8613800138999") is None
    assert vault.number(uow.connection, first) == NUMBER
    assert vault.subjects(uow, []) == []
    assert BOX not in {first, second}


def test_no_number_stands_in_the_database(vault: SubjectVault, uow: UnitOfWork) -> None:
    vault.subject(uow, NUMBER)
    assert b"13800138000" not in uow.connection.serialize()


def test_a_value_opens_only_for_its_subject_and_context(
    vault: SubjectVault, uow: UnitOfWork
) -> None:
    one, two = vault.subjects(uow, [NUMBER, OTHER])
    sealed = vault.seal(uow.connection, one, "message.text", "停水通知\0\ud800")
    assert vault.open(uow.connection, one, "message.text", sealed) == "停水通知\0\ud800"
    assert vault.seal(uow.connection, one, "message.text", "停水通知\0\ud800") != sealed
    for subject, context, value in [
        (two, "message.text", sealed),
        (one, "inbox.text", sealed),
        (BOX, "message.text", sealed),
        (one, "message.text", sealed[:-1]),
        (one, "message.text", sealed[:5]),
        (one, "message.text", b""),
        (99, "message.text", sealed),
    ]:
        with pytest.raises(VaultError):
            vault.open(uow.connection, subject, context, value)


def test_the_box_seals_too_but_has_no_number(vault: SubjectVault, uow: UnitOfWork) -> None:
    sealed = vault.seal(uow.connection, BOX, "answer", "{}")
    assert vault.open(uow.connection, BOX, "answer", sealed) == "{}"
    with pytest.raises(VaultError):
        vault.number(uow.connection, BOX)
    with pytest.raises(VaultError):
        vault.shred(uow, BOX)


def test_a_rolled_back_subject_leaves_no_key_behind(vault: SubjectVault, uow: UnitOfWork) -> None:
    """Its id goes to another number, under another key."""
    uow.execute("SAVEPOINT s")
    lost = vault.subject(uow, NUMBER)
    sealed = vault.seal(uow.connection, lost, "c", "x")
    uow.execute("ROLLBACK TO s")
    found = vault.subject(uow, OTHER)
    assert found == lost
    assert vault.number(uow.connection, found) == OTHER
    with pytest.raises(VaultError):
        vault.open(uow.connection, found, "c", sealed)


def test_a_fingerprint_is_keyed_and_unambiguous(vault: SubjectVault, tmp_path: Path) -> None:
    values = {
        vault.fingerprint("c", "ab", "c"),
        vault.fingerprint("c", "a", "bc"),
        vault.fingerprint("d", "ab", "c"),
        SubjectVault(Keys.load(tmp_path / "other")).fingerprint("c", "ab", "c"),
    }
    assert len(values) == 4
    assert vault.fingerprint("c", "ab", "c") in values


def test_another_key_encryption_key_is_refused(
    connection: sqlite3.Connection, tmp_path: Path
) -> None:
    with pytest.raises(VaultError, match="does not belong to this database"):
        SubjectVault(Keys.load(tmp_path / "other")).prepare(connection)


def test_shredding_in_memory_and_for_good(vault: SubjectVault, uow: UnitOfWork) -> None:
    subject, other = vault.subjects(uow, [NUMBER, OTHER])
    sealed = vault.seal(uow.connection, subject, "c", "x")
    vault.shred(uow, subject)
    vault.shred(uow, subject)  # again: nothing more happens
    assert vault.find(uow.connection, NUMBER) is None
    for use in (
        lambda: vault.number(uow.connection, subject),
        lambda: vault.open(uow.connection, subject, "c", sealed),
        lambda: vault.seal(uow.connection, subject, "c", "y"),
    ):
        with pytest.raises(SubjectShreddedError):
            use()
    assert vault.number(uow.connection, other) == OTHER
    assert vault.subject(uow, NUMBER) not in {subject, other}
    events, callbacks = uow.finish()[:2]
    assert [e.action for e in events] == ["key.shred"]
    for callback in callbacks:
        callback()
    with pytest.raises(sqlite3.IntegrityError):
        uow.execute("UPDATE subject SET state = 'active' WHERE id = ?", (subject,))
    with pytest.raises(sqlite3.IntegrityError):
        uow.execute("DELETE FROM subject WHERE id = ?", (other,))


def test_t18_a_shredded_subject_in_the_log(box: Box) -> None:
    """The log still verifies, the field is unreadable, others are not, no byte of the key is left."""
    box.start()
    box.connection.execute("BEGIN IMMEDIATE")
    uow = UnitOfWork(box.connection, box.now)
    subject, other = box.vault.subjects(uow, [NUMBER, OTHER])
    box.connection.execute("COMMIT")

    def told(who: int, number: str) -> Event:
        return Event(kind="send", action="sent", personal={"to": Personal(who, number)})

    box.group(told(subject, NUMBER), told(other, OTHER)).sign()
    sql = "SELECT wrapped_key, number_sealed FROM subject WHERE id = ?"
    traces = box.connection.execute(sql, (subject,)).fetchone()
    uow = UnitOfWork(box.connection, box.now)
    box.connection.execute("BEGIN IMMEDIATE")
    box.vault.shred(uow, subject)
    box.log.seal(box.connection, uow.finish()[0], box.now)
    box.connection.execute("COMMIT")
    box.log.committed()
    box.group(told(subject, NUMBER), told(other, OTHER)).sign()
    assert box.verdict().outcome == "VALID-UNANCHORED"
    fields = [box.json_body(i)["personal"]["to"] for i in box.sealed_with_person()]
    assert [sorted(f) for f in fields] == [
        ["$s", "c", "n"],
        ["$s", "c", "n"],
        ["$s"],
        ["$s", "c", "n"],
    ]
    assert box.open_person(fields[1], other) == box.open_person(fields[3], other) == OTHER
    with pytest.raises(SubjectShreddedError):
        box.open_person(fields[0], subject)
    box.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = b"".join(
        p.read_bytes() for p in box.data_dir.iterdir() if p.name.startswith("estate-sms.db")
    )
    assert not any(trace in raw for trace in traces)


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    keys = Keys.load(tmp_path)
    again = Keys.load(tmp_path)
    assert keys.derive("a") == again.derive("a") != keys.derive("b")
    assert keys.auditor.public_bytes_raw() == again.auditor.public_bytes_raw()
    for name in ("kek", "auditor.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert len(keys.warnings) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["auditor.key", "auditor.pub", "kek"]
    assert keys.generations[1].hex() not in repr(keys)


def test_keys_moved_off_the_box_leave_no_warning(tmp_path: Path) -> None:
    data_dir, safe = tmp_path / "data", tmp_path / "safe"
    made = Keys.load(data_dir)
    safe.mkdir()
    (data_dir / "kek").rename(safe / "kek")
    (data_dir / "auditor.key").rename(safe / "auditor.key")
    keys = Keys.load(data_dir, safe / "kek")
    assert keys.warnings == ()
    assert keys.derive("a") == made.derive("a")
    public = keyfiles.public_pem(made.auditor).decode()
    assert Keys.load(tmp_path / "new", safe / "kek", public).warnings == ()
    assert not (tmp_path / "new" / "auditor.key").exists()
    (safe / "kek").chmod(0o644)
    assert any("0600" in text for text in Keys.load(data_dir, safe / "kek").warnings)
    (data_dir / "kek").write_text("left over")
    assert any("remove it" in text for text in Keys.load(data_dir, safe / "kek").warnings)


def test_generations_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    path.write_bytes(keyfiles.encode_kek({1: b"\1" * 32, 2: b"\2" * 32}))
    path.chmod(0o600)
    keys = Keys.load(tmp_path / "data", path)
    assert keys.generation == 2
    assert keys.derive("a") == keys.derive("a", 2) != keys.derive("a", 1)
    with pytest.raises(KeysError):
        keys.derive("a", 3)
    (tmp_path / "raw").write_bytes(b"\1" * 32)
    assert Keys.load(tmp_path / "data", tmp_path / "raw").derive("a", 1) == keys.derive("a", 1)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"1 AAAA\n", b"1\n", b"0 " + b"A" * 43 + b"=\n", b"\xff" * 31]
)
def test_a_bad_key_file_is_a_keys_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kek"
    path.write_bytes(content)
    with pytest.raises(KeysError) as caught:
        Keys.load(tmp_path / "data", path)
    assert "AAAA" not in str(caught.value)


def test_a_named_key_file_is_never_made_up(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="does not exist"):
        Keys.load(tmp_path / "data", tmp_path / "none")
    with pytest.raises(KeysError):
        Keys.load(tmp_path, None, "not a key")


BAD_KEYS: list[Callable[[], object]] = [
    lambda: keyfiles.parse_public("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
    lambda: keyfiles.parse_public("AAAA"),
    lambda: keyfiles.parse_private(b"-----BEGIN PRIVATE KEY-----"),
    lambda: keyfiles.parse_private(b""),
]


@pytest.mark.parametrize("parse", BAD_KEYS)
def test_bad_auditor_keys(parse: Callable[[], object]) -> None:
    with pytest.raises(KeysError):
        parse()
