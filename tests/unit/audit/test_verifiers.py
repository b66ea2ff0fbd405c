"""Three verifiers, one judgement: the room's own, the single Python file, and the one in JavaScript.

The vectors are files of ``tests/assets/audit``; what each must give stands in ``expected.json``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit import archive
from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.audit.verdict import EXIT_CODES, Verdict
from estate_sms.audit.verify import verify_file
from estate_sms.audit.verify_command import given_anchor, given_auditor, given_witness
from estate_sms.store.events import Event, Personal
from estate_sms.store.unit import UnitOfWork

ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "assets" / "audit"
PROGRAMS = ROOT / "audit" / "verifiers"
EXPECTED: dict[str, dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text("utf-8"))
NODE = shutil.which("node") or shutil.which("nodejs") or ""
LOGS = int(os.environ.get("ESTATE_SMS_RANDOM_LOGS", "30"))
"""Random logs that the verifiers are compared on; 1,000 in a full run."""
Box = Any


def options_of(entry: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name in ("anchor", "witness"):
        if name in entry:
            found += [f"--{name}", entry[name]]
    if "auditor" in entry:
        found += ["--auditor", str(VECTORS / entry["auditor"])]
    return found


def ours(path: Path, entry: dict[str, Any]) -> Verdict:
    return verify_file(
        path,
        anchors=[given_anchor(entry["anchor"])] if "anchor" in entry else [],
        witnesses=[given_witness(entry["witness"])] if "witness" in entry else [],
        auditor=given_auditor(VECTORS / entry["auditor"]) if "auditor" in entry else None,
    )


def in_node(paths: Iterable[Path], *options: str) -> list[dict[str, Any]]:
    command = [NODE, str(PROGRAMS / "verify.mjs"), "--json", *options, *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode in {0, 3, 8}, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def single() -> Any:
    """The single file, as a module of its own."""
    spec = importlib.util.spec_from_file_location("single_verifier", PROGRAMS / "verify.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["single_verifier"] = module
    spec.loader.exec_module(module)
    return module


def test_the_single_file_is_made_from_the_modules_as_they_are() -> None:
    made = subprocess.run(
        [sys.executable, str(PROGRAMS / "bundle"), "-"], capture_output=True, text=True, check=True
    )
    assert made.stdout == (PROGRAMS / "verify.py").read_text("utf-8"), "run audit/verifiers/bundle"


@pytest.mark.parametrize("name", EXPECTED)
def test_both_python_verifiers_judge_a_vector_alike(
    name: str, single: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = EXPECTED[name]
    path = VECTORS / entry["file"]
    verdict = ours(path, entry)
    assert verdict.outcome == entry["outcome"], verdict
    if "sequence" in entry:
        assert verdict.sequence == entry["sequence"]
    if "opened" in entry:
        assert verdict.opened == entry["opened"]
    code = single.main(["--json", *options_of(entry), str(path)])
    told = json.loads(capsys.readouterr().out)
    assert code == EXIT_CODES[verdict.outcome]
    assert (told["outcome"], told["reason"], told["sequence"], told["opened"]) == (
        verdict.outcome, verdict.reason, verdict.sequence, verdict.opened,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["alone", "anchor", "witness", "auditor"])
def test_the_verifier_in_javascript_judges_the_vectors_alike(kind: str) -> None:
    for name, entry in EXPECTED.items():
        options = options_of(entry)
        if (options[0][2:] if options else "alone") != kind or kind == "alone":
            continue
        [found] = in_node([VECTORS / entry["file"]], *options)
        _compare(name, found, entry)
    if kind == "alone":
        alone = {name: entry for name, entry in EXPECTED.items() if not options_of(entry)}
        found_all = in_node(VECTORS / entry["file"] for entry in alone.values())
        for (name, entry), found in zip(alone.items(), found_all, strict=True):
            _compare(name, found, entry)


def _compare(name: str, found: dict[str, Any], entry: dict[str, Any]) -> None:
    assert found["outcome"] == entry["outcome"], (name, found)
    for field in ("sequence", "opened"):
        if field in entry:
            assert found[field] == entry[field], (name, found)


@pytest.mark.parametrize(
    ("name", "code"), [("anchored-long-sms", 0), ("valid-three-epochs", 3), ("t2-swapped", 8)]
)
def test_programs_exit_alike(name: str, code: int, tmp_path: Path) -> None:
    entry = EXPECTED[name]
    file = shutil.copy(VECTORS / entry["file"], tmp_path / "file.esab")
    alone = shutil.copy(PROGRAMS / "verify.py", tmp_path / "verify.py")
    for command in ([sys.executable, "-I", str(alone)], [NODE, str(PROGRAMS / "verify.mjs")]):
        run = subprocess.run(
            [*command, str(file), *options_of(entry)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert run.returncode == code, run.stderr
        assert run.stdout.strip() == entry["outcome"]


def test_without_any_library_hashes_and_signatures_are_still_checked(tmp_path: Path) -> None:
    """``-S``: no site-packages, so no ``cryptography``. What only a body shows goes unseen, and is said."""
    for name, entry in EXPECTED.items():
        if "auditor" in entry or name not in {
            "valid-three-epochs", "anchored-witness", "t1-body-bit", "t9-signed-with-a-newer-key", "t13-swapped-keys",
        }:  # fmt: skip
            continue
        run = subprocess.run(
            [sys.executable, "-I", "-S", str(PROGRAMS / "verify.py"), "--json", str(VECTORS / entry["file"]), *options_of(entry)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = json.loads(run.stdout)
        assert told["outcome"] == entry["outcome"], (name, run.stderr)
        if told["outcome"] != "INVALID":
            assert any("no body was opened" in finding for finding in told["findings"])


def test_bad_arguments_are_usage_errors(tmp_path: Path) -> None:
    vector = str(VECTORS / "valid-one-epoch.esab")
    for wrong in (
        ["--anchor", "nonsense"],
        ["--witness", "x"],
        ["--auditor", str(tmp_path / "none")],
    ):
        for command in (
            [sys.executable, str(PROGRAMS / "verify.py")],
            [NODE, str(PROGRAMS / "verify.mjs")],
        ):
            run = subprocess.run([*command, vector, *wrong], capture_output=True, check=False)
            assert run.returncode == 2


# T23


def _life(box: Box, rng: random.Random) -> None:
    """A random history that ends with a checkpoint."""
    box.start()
    for _ in range(rng.randrange(1, 8)):
        deed = rng.randrange(7)
        if deed == 0:
            box.stop().pass_time(rng.choice([1, 3600, 86_400, 900_000])).start()
        elif deed == 1:
            box.crash().start()
        elif deed == 2:
            box.pass_time(rng.choice([1, 40_000, 86_400])).record(1)
        elif deed == 3:
            box.sign()
        elif deed == 4:
            box.now -= rng.choice([0, 500_000, 7_000_000])
            box.record(1)
        else:
            box.group(*(_event(box, rng) for _ in range(rng.randrange(1, 6))))
    box.sign() if rng.random() < 0.8 else box.stop()
    if not box.signed_size():
        box.sign()


def _event(box: Box, rng: random.Random) -> Event:
    text = "".join(rng.choice('停水 a"\\,=\n\u2028é😀<&\x7f0') for _ in range(rng.randrange(12)))
    personal = {}
    if rng.random() < 0.3:
        uow = UnitOfWork(box.connection, box.now)
        number = f"+861380013{rng.randrange(8000, 8999)}"
        personal = {"to": Personal(box.vault.subject(uow, number), number)}
    details = {
        rng.choice("abcdef"): rng.choice([1, -5, text, True, None, 2**53 - 1]) for _ in range(3)
    }
    return Event(
        kind="send", action=rng.choice(["a", text]), actor="key:k", object=text[:3],
        reason=text[3:], details=details if rng.random() < 0.8 else {}, personal=personal,
    )  # fmt: skip


def _damaged(box: Box, path: Path, rng: random.Random) -> Path:
    """Something wrong with the file; most often under a manifest that fits and is signed."""
    data = path.read_bytes()
    out = path.with_suffix(".bad")
    if rng.random() < 0.3:
        at = rng.randrange(len(data))
        out.write_bytes(data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :])
        return out
    name = rng.choice(archive.MEMBERS[:-2])
    with path.open("rb") as file:
        member = archive.read_members(file)[name]
        content = data[member.offset : member.offset + member.size]
    lines = content.splitlines(keepends=True) or [b""]
    at, deed = rng.randrange(len(lines)), rng.randrange(4)
    if deed == 0:
        del lines[at]
    elif deed == 1:
        lines.insert(at, rng.choice(lines))
    elif lines[at]:
        place = rng.randrange(len(lines[at]))
        octet = rng.choice(b'0123456789aZ"=+/,:{}[]\\- \xc3\n')
        lines[at] = lines[at][:place] + bytes([octet]) + lines[at][place + (deed == 2) :]
    if b"".join(lines) == content:
        return path
    return Path(box.repack(path, **{name.split(".")[0]: b"".join(lines)}))


def test_t23_the_verifiers_agree_on_random_logs(tmp_path: Path) -> None:
    paths: list[Path] = []
    boxes: list[Box] = []
    box_type = _box_type()
    for seed in range(LOGS):
        rng = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        keys = Keys.load(folder)
        box = box_type(folder, keys, SubjectVault(keys))
        _life(box, rng)
        options: dict[str, Any] = {}
        if rng.random() < 0.3:
            options["from_"] = box.now - rng.choice([0, 10_000_000, 10**11])
        if rng.random() < 0.3:
            options["for_"] = keys.auditor
        path = box.export(**options)
        paths.append(path)
        paths += [_damaged(box, path, rng) for _ in range(2)]
        boxes.append(box)
        box.close()
    found = [verify_file(path) for path in paths]
    others = in_node(paths)
    for path, verdict, other in zip(paths, found, others, strict=True):
        assert (verdict.outcome, verdict.sequence) == (other["outcome"], other["sequence"]), (
            path, verdict, other,
        )  # fmt: skip
        assert verdict.outcome == "INVALID" or verdict.opened == other["opened"]
    assert all(verdict.outcome == "VALID-UNANCHORED" for verdict in found[::3]), found[::3]
    assert sum(verdict.outcome == "INVALID" for verdict in found) > LOGS


def _box_type() -> Any:
    source = Path(__file__).with_name("conftest.py")
    spec = importlib.util.spec_from_file_location("audit_box", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.LogBox
