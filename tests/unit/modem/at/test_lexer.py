from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.modem.at.lexer import MAX_LINE, PROMPT, Lexer

PIECES = st.sampled_from(
    [
        b"OK\r\n",
        b"\r\n> ",
        b"> ",
        b">",
        b" ",
        b"\r",
        b"\n",
        b"\r\r\n",
        b"\x00",
        b"\xff\xfe",
        b"+CMGS: 7",
        b"+CDS: 26\r\n",
        b"0791683108200505F0\r\n",
        b"AT+CMGS=23\r",
        b"x" * 3000,
        b"\xff" * 5000,
    ]
)
STREAMS = st.lists(PIECES | st.binary(max_size=8), max_size=25).map(b"".join)


def lex(chunks: list[bytes], *, armed: bool) -> list[str]:
    lexer = Lexer()
    if armed:
        lexer.arm()
    tokens: list[str] = []
    for chunk in chunks:
        lexer.push(chunk)
        while (token := lexer.take()) is not None:
            tokens.append(token)
    return tokens


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({place % (len(data) + 1) for place in places})
    return [data[a:b] for a, b in zip([0, *marks], [*marks, len(data)], strict=True)]


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 20_000), max_size=12), st.booleans())
def test_any_chunking_gives_the_same_tokens(data: bytes, places: list[int], armed: bool) -> None:
    assert lex(cut(data, places), armed=armed) == lex([data], armed=armed)


@settings(deadline=None)
@given(STREAMS)
def test_octet_by_octet_too(data: bytes) -> None:
    octets = [bytes((octet,)) for octet in data[:4000]]
    assert lex(octets, armed=True) == lex([data[:4000]], armed=True)


def test_a_prompt_with_bytes_after_it() -> None:
    assert lex([b"\r\n> +CDS: 26\r\n07\r\n"], armed=True) == [PROMPT, "+CDS: 26", "07"]


def test_a_prompt_behind_other_lines_of_the_same_chunk() -> None:
    assert lex([b"+CMTI: 1\r\nRING\r\n> "], armed=True) == ["+CMTI: 1", "RING", PROMPT]


def test_a_prompt_that_came_before_anyone_awaited_it_is_not_it() -> None:
    lexer = Lexer()
    lexer.push(b"OK\r\n> ")
    assert lexer.take() == "OK"
    assert lexer.take() is None
    lexer.arm()
    assert lexer.take() is None
    lexer.push(b"\r\n> ")
    assert lexer.take() == PROMPT


def test_half_a_line_survives_arming() -> None:
    lexer = Lexer()
    lexer.push(b"+CDS: ")
    assert lexer.take() is None
    lexer.arm()
    lexer.push(b"26\r\n> ")
    assert [lexer.take(), lexer.take()] == ["+CDS: 26", PROMPT]


def test_only_one_prompt_is_taken_and_none_when_none_is_awaited() -> None:
    assert lex([b"> \r\n> \r\n"], armed=True) == [PROMPT, ">"]
    assert lex([b"> \r\n"], armed=False) == [">"]
    assert lex([b"a > b\r\n"], armed=True) == ["a > b"]


def test_an_overlong_line_is_dropped_and_the_next_one_is_not() -> None:
    rubbish = b"\x81z" * MAX_LINE
    assert lex([b"OK\r\n" + rubbish + b"\r\nOK\r\n"], armed=False) == ["OK", "OK"]


def test_memory_stays_bounded_without_a_line_end() -> None:
    lexer = Lexer()
    for _ in range(100):
        lexer.push(b"z" * 4096)
        assert lexer.take() is None
        assert len(lexer._buffer) <= MAX_LINE  # pyright: ignore[reportPrivateUsage]
    lexer.push(b"\r\nOK\r\n")
    assert lexer.take() == "OK"


def test_noise_at_the_edges_of_a_line_is_stripped() -> None:
    assert lex([b"\xff\x00\xfeOK\x00\xff\r\n"], armed=False) == ["OK"]
