"""The Chinese of what the command line and the demo say."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from estate_sms.gateway.cli import doctor, status
from estate_sms.gateway.language import PRIORITIES, STATES, _, language, speaking, word
from estate_sms.modem.state import ModemState
from estate_sms.queue.priorities import PriorityName
from estate_sms.queue.recall_steps import Outcome
from estate_sms.queue.states import BatchState, MessageState

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "gateway/locale/zh_CN/LC_MESSAGES"
VARIABLES = ("ESTATE_SMS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def in_code() -> set[str]:
    found = extract_from_dir(
        str(ROOT / "gateway"), [("**.py", "python")], keywords={"_": None, "N_": None}
    )
    return {
        message for _path, _line, message, _comments, _context in found if isinstance(message, str)
    }


def translated() -> Iterator[tuple[str, str]]:
    with (CATALOGUE / "estate_sms.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                assert isinstance(message.id, str)
                assert isinstance(message.string, str)
                yield message.id, message.string


def gaps(text: str) -> list[tuple[str | None, str | None]]:
    return sorted(
        {(name, form) for _text, name, form, _kind in string.Formatter().parse(text) if name}
    )


def test_every_word_of_the_code_has_its_chinese() -> None:
    catalogue = dict(translated())
    assert set(catalogue) == in_code(), "run scripts/translations"
    assert [english for english, chinese in catalogue.items() if not chinese] == []


def test_a_translation_fills_the_same_gaps() -> None:
    for english, chinese in translated():
        assert gaps(english) == gaps(chinese), english


def test_the_compiled_catalogue_is_of_this_source() -> None:
    with (CATALOGUE / "estate_sms.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == dict(translated()), "run scripts/translations"


def test_every_state_that_people_see_has_a_word() -> None:
    states = {*MessageState, *BatchState, *Outcome, *get_args(ModemState)}
    assert {str(state) for state in states} <= set(STATES)
    assert set(get_args(PriorityName)) <= set(PRIORITIES)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "C", "ESTATE_SMS_LANGUAGE": "zh"}, "zh"),
        ({"LC_MESSAGES": "de_DE"}, "en"),
    ],
)
def test_the_environment_decides(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected
    assert bool(re.search(r"[\u4e00-\u9fff]", word("delivered"))) is (expected == "zh")
    assert _("never heard of") == "never heard of"


def test_what_programs_read_stays_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert _("") == ""
    with speaking("en"):
        assert word("delivered") == "delivered"
    assert word("delivered") == "已送达"


def test_a_table_and_what_is_said_are_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = {
        "id": "b1", "state": "held", "priority": "bulk", "counts": {"held": 2}, "done_by": None,
        "eta_unknown": "held",
    }  # fmt: skip
    answer = {
        "batches": [batch], "modems": {"ready": 3}, "alarms": [], "untold": "no_modem",
        "in_doubt": 1, "in_doubt_more": True,
    }  # fmt: skip
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    status.show(answer)
    said = capsys.readouterr()
    assert said.out.split() == [
        "批次",
        "状态",
        "优先级",
        "消息数",
        "剩余",
        "b1",
        "待放行",
        "批量",
        "待放行",
        "2",
        "待放行",
    ]
    assert "模块：就绪 3" in said.err
    assert "无可用模块" in said.err
    assert "1+ 条消息存疑" in said.err
    assert not re.search("[a-z]", said.err)


def test_the_doctor_speaks_chinese_to_people_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    config = tmp_path / "estate-sms.toml"
    config.write_text(f'data_dir = "{tmp_path}/data"\n', encoding="utf-8")
    asked = ["--config", str(config)]
    said = CliRunner().invoke(doctor.command, asked).output
    assert "错误    没有配置任何 [[modem]]" in said
    assert "或试用：estate-sms serve --emulate 4" in said
    programs = CliRunner().invoke(doctor.command, [*asked, "--json"]).output
    assert "no [[modem]] is configured" in programs
    assert not re.search(r"[\u4e00-\u9fff]", programs)
