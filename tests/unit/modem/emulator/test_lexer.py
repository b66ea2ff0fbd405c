from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.modem.emulator.lexer import Abandoned, CommandLexer, CommandLine, Item, Payload
from estate_sms.modem.emulator.replies import CommandError
from estate_sms.modem.emulator.syntax import Call, parse


def _items(chunks: list[bytes], *, echo: bool = True) -> tuple[list[Item], bytes]:
    """Items of a terminal that is prompted after every ``AT+CMGS``; and the echo."""
    lexer = CommandLexer()
    lexer.echo = echo
    items: list[Item] = []
    for chunk in chunks:
        lexer.feed(chunk)
        while (item := lexer.next()) is not None:
            items.append(item)
            lexer.at_prompt = item == CommandLine("AT+CMGS=9")
    return items, lexer.take_echo()


def test_lines_and_payloads() -> None:
    typed = [b"AT\r\nAT+CMGS=9\r00\r\n11\x1aAT+CMGS=9\r00\x1bATI\r"]
    items, echo = _items(typed)
    assert items == [
        CommandLine("AT"),
        CommandLine("AT+CMGS=9"),
        Payload("0011"),
        CommandLine("AT+CMGS=9"),
        Abandoned(),
        CommandLine("ATI"),
    ]
    assert echo == typed[0].replace(b"\x1a", b"").replace(b"\x1b", b"")
    assert _items(typed, echo=False)[1] == b""


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_chunking_gives_the_same_items(data: st.DataObject) -> None:
    pieces = st.sampled_from(
        [b"AT", b"+CMGS=9", b"\r", b"\n", b"\x1a", b"\x1b", b"\x08", b"00", b"\xff"]
    )
    whole = b"".join(data.draw(st.lists(pieces, max_size=30)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    edges = [0, *cuts, len(whole)]
    chunks = [whole[a:b] for a, b in pairwise(edges)]
    assert _items(chunks) == _items([whole])


def test_babble_is_bounded() -> None:
    lexer = CommandLexer()
    lexer.feed(b"x" * 100_000 + b"\r")
    line = lexer.next()
    assert isinstance(line, CommandLine)
    assert len(line.text) <= 4096


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("AT", []),
        ("ATE0", [Call("E", "set", "0")]),
        ("ate0v1", [Call("E", "set", "0"), Call("V", "set", "1")]),
        ("AT&F&C1", [Call("&F", "set"), Call("&C", "set", "1")]),
        ("ATS0=0", [Call("S0", "set", "0")]),
        ("AT+CMEE?", [Call("+CMEE", "read")]),
        ("AT+CMEE=?;+CSQ", [Call("+CMEE", "test"), Call("+CSQ", "run")]),
        ('AT+CSCA="a;b",145;+CSQ', [Call("+CSCA", "set", '"a;b",145'), Call("+CSQ", "run")]),
        ("ATD+8613800138000;", [Call("D", "run", "+8613800138000;")]),
    ],
)
def test_grammar(line: str, calls: list[Call]) -> None:
    assert parse(line) == calls


@given(
    text=st.text(max_size=40) | st.text('AT+=?;&"0EZ,', max_size=20).map(lambda rest: "AT" + rest)
)
def test_any_line_has_a_reading_or_is_refused(text: str) -> None:
    try:
        calls = parse(text)
    except CommandError:
        return
    assert (calls is None) == (text[:2].upper() != "AT")
