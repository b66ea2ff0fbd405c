"""What the rooms below say in English, heard in Chinese: all of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from estate_sms.gateway.cli import audit, modems
from estate_sms.gateway.heard import TEMPLATES, heard
from estate_sms.gateway.heard.findings import WORDS as FINDINGS
from estate_sms.modem.probe import probe

ROOT = Path(__file__).parents[3]
GAP = re.compile(r"\{[^{}]*\}")

VERIFICATION = (
    "verify", "verify_command", "weighing", "succession", "replay", "archive", "manifest", "canonical",
    "headers", "heads", "tree", "proofs", "times", "anchors", "cosignature", "disclosure", "envelope",
    "notes", "view",
)  # fmt: skip
REFUSALS = (
    "audit/keyfiles.py", "audit/keys.py", "audit/rotation.py", "audit/export_plan.py", "audit/signers.py",
    "store/backup.py", "store/connection.py", "store/group.py", "store/lock.py", "store/migrate.py",
    "store/store.py", "modem/config.py", "api/server.py", "estate/retention.py",
)  # fmt: skip


def said(file: str) -> Iterator[str]:
    """What a module raises or finds: each text with ``{}`` for its gaps."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            given = node.exc.args
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("findings.append", "warnings.append")
        ):
            given = node.args
        elif isinstance(node, ast.List):
            given = node.elts
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"msg", "reason"}:
            given = [node.value]
        else:
            continue
        yield from (text for arg in given if " " in (text := written(arg)))


def written(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(written(v) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return ""


@pytest.mark.parametrize("file", [*(f"audit/{name}.py" for name in VERIFICATION), *REFUSALS])
def test_nothing_is_left_out(file: str) -> None:
    known = {GAP.sub("{}", template) for template in TEMPLATES}
    # What "record N: …" says of a finding is heard on its own.
    assert {text.removeprefix("record {}: ") for text in said(file)} - known <= {"{}"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_is_found_again_by_its_form(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    text = GAP.sub(lambda gap: "7" if gap[0].endswith(":d}") else "A1", template)
    if template not in {"- {what}", "SQLite: {what}"}:
        assert re.search(r"[\u4e00-\u9fff]", heard(text)), text
    assert "{" not in heard(text)


def test_gaps_are_filled_and_what_they_hold_is_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "record 7: record 9 stands where 7 belongs"
    assert heard(line) == line
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    assert heard(line) == "记录 7：应为记录 7 处却是记录 9"
    assert heard("- record 5: no record for 3 days; the machine was off, or an anchor from those days"
                 " would tell otherwise").startswith("- 记录 5：3 天没有记录")  # fmt: skip
    assert heard("never heard of it; nor of this") == "never heard of it; nor of this"


def test_verdicts_and_probes_are_said_in_chinese_and_written_in_english(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    missing = str(tmp_path / "none")
    verified = CliRunner().invoke(audit.command, ["verify", missing])
    assert (verified.exit_code, verified.stdout) == (8, "INVALID\n")
    assert verified.stderr == "文件无法读取：没有该文件或目录\n"
    probed = CliRunner().invoke(modems.command, ["probe", missing])
    assert probed.stdout == "! 端口       不存在  – 没有这个端口\n"
    for command, verb in ((audit.command, "verify"), (modems.command, "probe")):
        written = CliRunner().invoke(command, [verb, missing, "--json"]).stdout
        assert "such" in written
        assert not re.search(r"[\u4e00-\u9fff]", written)


def test_a_probe_is_heard_in_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    constants = {
        node.value
        for node in ast.walk(ast.parse((ROOT / "modem/probe.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    }
    words = " ".join(FINDINGS)
    docstrings = {text for text in constants if text.endswith((".", ". "))}
    pieces = {text.strip(" ;:,") for text in constants - docstrings if re.search("[a-z]{2}", text)}
    assert {
        piece for piece in pieces if piece not in words and not piece.startswith("AT+")
    } == set()
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    (found,) = probe(str(tmp_path / "nothing"))
    assert (heard(found.what), heard(found.value)) == ("端口", "不存在")
