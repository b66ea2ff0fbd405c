"""The Chinese of what the command line and the demo say."""

from __future__ import annotations

import gettext
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.gateway.cli import doctor, status
from estate_sms.gateway.cli.help import cells, texts, wrapped
from estate_sms.gateway.cli.main import cli, main
from estate_sms.gateway.language import PRIORITIES, STATES, _, language, speaking, word
from estate_sms.modem.state import ModemState
from estate_sms.queue.priorities import PriorityName
from estate_sms.queue.recall_steps import Outcome
from estate_sms.queue.states import BatchState, MessageState

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "gateway/locale/zh_CN/LC_MESSAGES"
VARIABLES = ("ESTATE_SMS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "")  # main sets it, and the domain: both are put back
    yield
    gettext.textdomain("messages")


def in_code() -> set[str]:
    keywords = {"_": None, "N_": None, "NN_": (1, 2)}
    found = extract_from_dir(str(ROOT / "gateway"), [("**.py", "python")], keywords=keywords)
    return {one(message) for _path, _line, message, _comments, _context in found}


def in_help() -> set[str]:
    return set(texts(cli)) - {""}


def one(words: str | tuple[str, ...] | list[str]) -> str:
    """The singular; Chinese has no other form."""
    return words if isinstance(words, str) else words[0]


def translated() -> Iterator[tuple[str, str]]:
    with (CATALOGUE / "estate_sms.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield one(message.id), one(message.string or "")


def gaps(text: str) -> list[tuple[str | None, str | None]]:
    return sorted(
        {(name, form) for _text, name, form, _kind in string.Formatter().parse(text) if name}
    )


def test_every_word_of_the_code_has_its_chinese() -> None:
    catalogue = dict(translated())
    assert set(catalogue) == in_code() | in_help(), "run scripts/translations"
    assert [english for english, chinese in catalogue.items() if not chinese] == []


def test_a_translation_fills_the_same_gaps() -> None:
    for english, chinese in translated():
        assert gaps(english) == gaps(chinese), english


def test_the_compiled_catalogue_is_of_this_source() -> None:
    with (CATALOGUE / "estate_sms.mo").open("rb") as file:
        compiled = {
            one(message.id): one(message.string or "") for message in read_mo(file) if message.id
        }
    assert compiled == dict(translated()), "run scripts/translations"


def test_every_option_says_what_it_is() -> None:
    assert [name for name, said in options(cli) if not said] == []


def options(command: click.Command, path: str = "estate-sms") -> Iterator[tuple[str, str | None]]:
    for option in command.params:
        if isinstance(option, click.Option):
            yield f"{path} {option.opts[0]}", option.help
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            verb = command.get_command(context, name)
            assert verb is not None
            yield from options(verb, f"{path} {name}")


@pytest.mark.parametrize(
    "asked", [[], ["send"], ["audit"], ["keys", "create"], ["policy", "explain"]]
)
def test_help_is_chinese_and_aligned(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([*asked, "--help"])
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("用法：")
    assert max(map(cells, lines)) <= 80
    listed = [re.fullmatch(r"(  -.*?  +)(\S.*)", line) for line in lines]
    starts = {cells(found[1]) for found in listed if found}
    assert len(starts) == 1, "the second column is one"
    english = [
        word
        for line in lines[1:]
        for word in re.findall(r"\b(?!estate-sms)[a-z]{3,} [a-z]{2,}\b", line)
    ]
    assert english == []


def test_what_is_wrong_with_the_call_is_said_in_chinese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    for arguments, says in (
        (["sned"], "错误：没有命令 'sned'"),
        (["send", "--purpos", "service"], "没有选项 '--purpos'。 是否想用 '--purpose'？"),
        (["send", "--text"], "选项 '--text' 缺少值"),
        (["keys", "create"], "错误：缺少参数 'NAME'"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert says in capsys.readouterr().err


@given(st.text(alphabet="ab 中文", max_size=60), st.integers(4, 20))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert cells(line) <= width or re.fullmatch("[ab]+", line)
        assert line
        assert line == line.strip()


def test_wrapping_keeps_marks_where_they_belong() -> None:
    assert wrapped("一二三，四（五六）七", 6) == ["一二", "三，四", "（五", "六）七"]


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
