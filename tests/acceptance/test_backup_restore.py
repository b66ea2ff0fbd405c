"""A copy made while it sends, damaged copies, and an earlier state that comes back by two persons."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from estate_sms.modem.emulator.settings import Settings

from .conftest import Appliance

Make = Callable[..., Appliance]
Numbers = Callable[[int], list[str]]


def rewritten(source: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of a backup with another manifest."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        change(manifest)
        new.writestr("manifest.json", json.dumps(manifest))
        new.writestr("estate-sms.db", old.read("estate-sms.db"))
    return target


def damaged(source: Path, target: Path) -> Path:
    """A copy with one bit turned in its middle."""
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    return target


def cut(source: Path, target: Path) -> Path:
    """The first half of it."""
    target.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    return target


def approver(box: Appliance) -> str:
    """The token of a person who approves; made before what is to be approved."""
    assert box.cli("people", "add", "Wang").returncode == 0
    made = box.cli(
        "keys",
        "create",
        "wang",
        "--scope",
        "approve",
        "--scope",
        "messages:read",
        "--person",
        "Wang",
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture
def sending(appliance: Make, numbers: Numbers) -> tuple[Appliance, str, Path, str]:
    """A service in the middle of a broadcast, a backup of that moment, and an approver's token."""
    # Slow enough that a busy machine has time to start the backup before all is sent.
    box = appliance(Settings.fixed(0.4, report=0.1), modems=2)
    box.start()
    token = approver(box)
    batch = box.send(numbers(40))["batch"]["id"]
    box.wait(lambda: len(box.on_air()) >= 8, "some on the air")
    file = box.folder / "one.backup"
    made = box.cli("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "keys are not in it" in made.stderr
    return box, batch, file, token


def test_a_backup_while_sending_comes_back_held(
    sending: tuple[Appliance, str, Path, str],
) -> None:
    box, batch, file, token = sending
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "estate-sms.db" in zipfile.ZipFile(file).namelist()
    assert box.cli("backup", str(file)).returncode == 1  # never replaces a file
    assert box.cli("restore", "--yes", str(file)).returncode == 1  # the service runs
    box.wait(lambda: box.counts(batch).get("delivered", 0) == 40, "everything delivered")
    assert box.end() == 0
    sent_before = Counter(box.on_air())
    put = box.cli("restore", "--json", "--yes", str(file))
    assert put.returncode == 0, put.stderr
    report = json.loads(put.stdout)
    box.start()
    counts = box.counts(batch)
    assert counts.get("held", 0) == report["held"] > 0
    assert counts.get("in_doubt", 0) == report["in_doubt"]
    assert sum(counts.values()) == 40
    assert Counter(box.on_air()) == sent_before  # nothing goes by itself
    detail = box.call("GET", f"/api/v1/batches/{batch}", token=token).json()
    assert detail["state"] == "held"
    assert box.call("POST", f"/api/v1/batches/{batch}/resume", {}).status_code == 409
    released = box.call("POST", f"/api/v1/batches/{batch}/approve", {}, token=token)
    assert released.status_code == 200, released.text
    box.wait(lambda: not {"held", "queued", "submitting"} & set(box.counts(batch)), "the rest")
    assert box.end() == 0
    export = box.folder / "audit.esab"
    assert box.cli("audit", "export", "--output", str(export)).returncode == 0
    assert box.cli("audit", "verify", str(export)).returncode == 3
    # What was replaced lies aside, whole.
    with sqlite3.connect(Path(report["undo"]) / "estate-sms.db") as old:
        assert old.execute("SELECT count(*) FROM message WHERE state = 'delivered'").fetchone() == (
            40,
        )
    old.close()


def test_what_cannot_be_restored_changes_nothing(
    sending: tuple[Appliance, str, Path, str], tmp_path: Path
) -> None:
    box, batch, file, _ = sending
    box.wait(lambda: box.counts(batch).get("delivered", 0) == 40, "everything delivered")
    box.end()
    before = (box.data_dir / "estate-sms.db").read_bytes()
    bad = [
        damaged(file, tmp_path / "bit"),
        cut(file, tmp_path / "half"),
        rewritten(file, tmp_path / "newer", lambda m: m.update(schema=9999)),
        rewritten(file, tmp_path / "format", lambda m: m.update(format=2)),
        rewritten(file, tmp_path / "hash", lambda m: m.update(sha256="0" * 64)),
        rewritten(file, tmp_path / "other", lambda m: m.update(database_id="0" * 32)),
        rewritten(file, tmp_path / "size", lambda m: m.update(octets=5)),
    ]
    for copy in bad:
        refused = box.cli("restore", "--yes", str(copy))
        assert refused.returncode == 1, copy
        assert refused.stderr.startswith(("estate-sms: ", str(copy))), refused.stderr
        assert "Traceback" not in refused.stderr
        assert (box.data_dir / "estate-sms.db").read_bytes() == before, copy
    kek = box.data_dir / "kek"
    kek.rename(tmp_path / "kek")
    refused = box.cli("restore", "--yes", str(file))
    assert refused.returncode == 1
    assert "key file" in refused.stderr
    assert not kek.exists()
    assert not list(box.data_dir.glob("*restore*"))


def test_an_empty_machine_with_the_key_file(
    sending: tuple[Appliance, str, Path, str], tmp_path: Path
) -> None:
    """A new machine: nothing but the backup and the key file."""
    box, batch, file, _ = sending
    box.end()
    kek = (box.data_dir / "kek").read_bytes()
    shutil.rmtree(box.data_dir)
    box.data_dir.mkdir(mode=0o700)
    (box.data_dir / "kek").write_bytes(kek)
    os.chmod(box.data_dir / "kek", 0o600)
    put = box.cli("restore", "--json", "--yes", str(file))
    assert put.returncode == 0, put.stderr
    assert json.loads(put.stdout)["undo"] is None
    box.start()
    assert sum(box.counts(batch).values()) == 40
    assert "queued" not in box.counts(batch)
    assert all(m["to"].startswith("+86138") for m in box.messages(batch))


def test_what_was_withdrawn_stays_withdrawn(sending: tuple[Appliance, str, Path, str]) -> None:
    box, _, file, token = sending
    assert box.call("GET", "/api/v1/batches", token=token).status_code == 200
    listed: dict[str, list[dict[str, str]]] = box.call("GET", "/api/v1/keys").json()
    key = next(k["id"] for k in listed["items"] if k["name"] == "wang")
    assert box.cli("keys", "revoke", key).returncode == 0
    number = "+8613800138555"
    assert box.call("PUT", f"/api/v1/numbers/{number}/opt-outs/activity").status_code in {
        200,
        201,
        204,
    }
    box.end()
    assert box.cli("restore", "--yes", str(file)).returncode == 0
    box.start()
    assert box.call("GET", "/api/v1/batches", token=token).status_code == 401
    out = box.call("GET", "/api/v1/opt-outs").json()["items"]
    assert [(o["number"], o["purpose"]) for o in out] == [(number, "activity")]
