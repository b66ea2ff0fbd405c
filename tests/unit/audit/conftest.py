"""A log on a real database, with the means of its attackers."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit import archive, epochs, notes
from estate_sms.audit.canonical import encode, parse_object
from estate_sms.audit.export import export
from estate_sms.audit.headers import parse_header
from estate_sms.audit.keys import Keys
from estate_sms.audit.log import STOP, AuditLog
from estate_sms.audit.manifest import Manifest, note_text, parse_manifest
from estate_sms.audit.sealing import leaf_hash, nonce, open_body
from estate_sms.audit.tree import CompactRange
from estate_sms.audit.vault import SubjectVault
from estate_sms.audit.verdict import Verdict
from estate_sms.audit.verify import verify_file
from estate_sms.store.clock import SECOND
from estate_sms.store.events import Event
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork

NOON = 1_800_000_000 * SECOND - (1_800_000_000 * SECOND) % (86_400 * SECOND) + 43_200 * SECOND
Row = tuple[dict[str, Any], bytes | None]


class LogBox:
    """The box, its clocks, and whoever gets at its disk."""

    def __init__(self, data_dir: Path, keys: Keys, vault: SubjectVault) -> None:
        self.data_dir, self.keys, self.vault = data_dir, keys, vault
        self.path = data_dir / "estate-sms.db"
        self.now = NOON
        self.mono = 1_000 * SECOND
        self._connect()
        migrate(self.connection)
        self._exports = 0

    def _connect(self) -> None:
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("PRAGMA foreign_keys = ON")

    # the life of a box

    def start(self) -> LogBox:
        self.log = AuditLog.load(
            self.connection,
            self.keys,
            lambda: self.now,
            vault=self.vault,
            boottime=lambda: self.mono,
        )
        return self

    def group(self, *events: Event) -> LogBox:
        """One committed group."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.log.seal(self.connection, events, self.now)
        self.connection.execute("COMMIT")
        self.log.committed()
        return self

    def record(self, count: int = 1) -> LogBox:
        return self.group(
            *(
                Event(
                    kind="send",
                    action="message.queued",
                    actor="key:k1",
                    object=f"m{i}",
                    details={"parts": i, "modem": "m3"},
                )
                for i in range(count)
            )
        )

    def sign(self) -> LogBox:
        self.connection.execute("BEGIN IMMEDIATE")
        self.log.write_checkpoint(UnitOfWork(self.connection, self.now))
        self.connection.execute("COMMIT")
        return self

    def stop(self) -> LogBox:
        return self.group(STOP).sign()

    def crash(self) -> LogBox:
        """The process is gone; nothing was closed."""
        self.connection.close()
        self._connect()
        return self

    def pass_time(self, seconds: int) -> LogBox:
        self.now += seconds * SECOND
        self.mono += seconds * SECOND
        return self

    def close(self) -> None:
        self.connection.close()

    def three_epochs(self, each: int = 4) -> LogBox:
        """Two closed ones and an open one, signed to the end."""
        for _ in range(2):
            self.start().record(each).sign().record(each).stop().pass_time(60)
        return self.start().record(each).sign()

    # what leaves the box

    def export(self, **options: Any) -> Path:
        self._exports += 1
        path = self.data_dir / f"{self._exports}.esab"
        export(self.connection, self.keys, path, **options)
        return path

    def verdict(self, **options: Any) -> Verdict:
        return verify_file(self.export(), **options)

    def head(self) -> notes.Checkpoint:
        """The newest tree head, as an anchor keeps it."""
        sql = "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
        note = self.connection.execute(sql).fetchone()[0]
        return notes.parse_checkpoint(notes.parse_note(note).text)

    @property
    def size(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM audit_record").fetchone()[0])

    def json_body(self, seq: int) -> dict[str, Any]:
        plain = self.rows()[seq][1]
        return {} if plain is None else parse_object(plain)

    def sealed_with_person(self) -> list[int]:
        return [i for i in range(self.size) if "personal" in self.json_body(i)]

    def open_person(self, field: dict[str, str], subject: int) -> str:
        sealed = base64.b64decode(field["n"]) + base64.b64decode(field["c"])
        return self.vault.open(self.connection, subject, "audit.to", sealed)

    def signed_size(self) -> int:
        sql = "SELECT coalesce(max(size), 0) FROM audit_checkpoint"
        return int(self.connection.execute(sql).fetchone()[0])

    # what an attacker with the disk can do

    def disarm(self) -> LogBox:
        """Drop the triggers, as whoever writes the file can."""
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        for (name,) in self.connection.execute(sql).fetchall():
            self.connection.execute(f"DROP TRIGGER {name}")
        self.connection.execute("PRAGMA foreign_keys = OFF")
        return self

    def rows(self) -> list[Row]:
        """Headers and plain bodies, read with the hot keys."""
        found: list[Row] = []
        for seq, raw, body in self.connection.execute(
            "SELECT seq, header, body FROM audit_record ORDER BY seq"
        ).fetchall():
            header = parse_header(raw)
            key = epochs.hot_key(self.connection, self.keys, header.epoch)
            assert key is not None
            plain = open_body(key, header.epoch, seq, raw, body) if body else None
            found.append((parse_object(raw), plain))
        return found

    def rewrite(self, rows: list[Row], *, chain: bool = True) -> LogBox:
        """Write the log anew with these records: numbered, chained and sealed with the hot keys."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.disarm().connection.execute("DELETE FROM audit_record")
        prev = b""
        for seq, (header, plain) in enumerate(rows):
            header = {**header, "seq": seq}
            if chain:
                header["prev"] = base64.b64encode(prev).decode()
            raw, body = encode(header), b""
            if plain is not None:
                key = epochs.hot_key(self.connection, self.keys, header["ep"])
                assert key is not None
                body = AESGCM(key).encrypt(nonce(header["ep"], seq), plain, raw)
            prev = leaf_hash(raw, body)
            self.connection.execute(
                "INSERT INTO audit_record VALUES (?, ?, ?, ?)", (seq, raw, body, prev)
            )
        return self

    def tree(self, size: int) -> CompactRange:
        tree = CompactRange()
        for (leaf,) in self.connection.execute(
            "SELECT leaf FROM audit_record WHERE seq < ? ORDER BY seq", (size,)
        ):
            tree.append(leaf)
        return tree

    def resign(
        self, sizes: list[int], signer: int, name: Callable[[int], int] = lambda epoch: epoch
    ) -> LogBox:
        """Replace the checkpoints of ``sizes`` by ones made with the key of epoch ``signer``."""
        key = epochs.signing_key(self.connection, self.keys, signer)
        for size in sizes:
            row = self.connection.execute(
                "SELECT header FROM audit_record WHERE seq = ?", (size - 1,)
            ).fetchone()
            epoch = parse_header(row[0]).epoch
            tree = self.tree(size)
            text = notes.Checkpoint(self.log.origin, size, tree.root()).text()
            note = notes.sign(text, notes.key_name(self.log.origin, name(epoch)), key)
            self.connection.execute(
                "INSERT OR REPLACE INTO audit_checkpoint VALUES (?, ?, ?, ?, 0)",
                (size, epoch, note, tree.encode()),
            )
        return self

    def repack(
        self, path: Path, *, signed: bool = True, size: int = 0, first: int = -1, **members: bytes
    ) -> Path:
        """The export with other members; the manifest made anew, and signed if the key is there."""
        out = self.data_dir / f"repacked-{os.urandom(4).hex()}.esab"
        with path.open("rb") as old, out.open("w+b") as new:
            found = archive.read_members(old)

            def content(name: str) -> bytes:
                old.seek(found[name].offset)
                data = old.read(found[name].size)
                return members.get(name.split(".")[0].lower(), data)

            writer = archive.ArchiveWriter(new)
            for name in archive.MEMBERS[:-2]:
                writer.add(name, content(name))
            was = parse_manifest(content(archive.MANIFEST))
            last = size - 1 if size else was.last
            manifest = Manifest(
                was.origin, size or was.size, was.first if first < 0 else first, last, was.from_, was.to, was.warnings,
                tuple(writer.files),
            ).encode()  # fmt: skip
            writer.add(archive.MANIFEST, manifest)
            note = content(archive.SIGNATURE)
            if signed:
                epoch = notes.parse_note(note).epoch
                key = epochs.signing_key(self.connection, self.keys, epoch)
                text = note_text(was.origin, manifest)
                note = notes.sign(text, notes.key_name(was.origin, epoch), key)
            writer.add(archive.SIGNATURE, note)
            writer.finish()
        return out


def member(path: Path, name: str) -> bytes:
    with path.open("rb") as file:
        found = archive.read_members(file)[name]
        file.seek(found.offset)
        return file.read(found.size)


@pytest.fixture
def read_member() -> Callable[[Path, str], bytes]:
    return member


@pytest.fixture
def json_of() -> Callable[[bytes], Any]:
    return json.loads


@pytest.fixture
def box(data_dir: Path, keys: Keys, vault: SubjectVault) -> Iterator[LogBox]:
    made = LogBox(data_dir, keys, vault)
    yield made
    made.close()
