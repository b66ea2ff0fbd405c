from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.modem.at.router import Event, Router, late_reference

PDU = "07916831082005F0060C0D91683108108300F0620122123456236201221234562300"
PIECES = st.sampled_from(
    [
        b"\r\nOK\r\n",
        b"\r\nERROR\r\n",
        b"+CMS ERROR: 38\r\n",
        b"+CMS ERROR: Network timeout\r\n",
        b"\r\n> ",
        b"+CMGS: 7\r\n",
        b"+CDS: 26\r\n" + PDU.encode() + b"\r\n",
        b"+CDS: 26\r\n",
        b"+CMT: ,26\r\n",
        PDU.encode() + b"\r\n",
        b'+CMTI: "SM",3\r\n',
        b"+CREG: 1\r\n",
        b"+CREG: 1,5\r\n",
        b"^RSSI:18\r\n",
        b"RING\r\n",
        b"+CSQ: 20,99\r\n",
        b"AT+CMGS=26\r",
        b"\xff\xff",
        b"\x00",
        b"z" * 4096,
    ]
)
STREAMS = st.lists(PIECES | st.binary(max_size=6), max_size=20).map(b"".join)
COMMANDS = st.sampled_from(
    [("AT+CMGS=26", True), ("AT+CREG?", False), ("AT+CSQ", False), ("", False)]
)


def route(chunks: list[bytes], command: str, prompt: bool) -> list[Event]:
    router = Router()
    if command:
        router.begin(command, prompt=prompt)
    return [event for chunk in chunks for event in router.feed(chunk)]


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 9000), max_size=10), COMMANDS)
def test_any_chunking_gives_the_same_events(
    data: bytes, places: list[int], command: tuple[str, bool]
) -> None:
    marks = sorted({place % (len(data) + 1) for place in places})
    chunks = [data[a:b] for a, b in zip([0, *marks], [*marks, len(data)], strict=True)]
    assert route(chunks, *command) == route([data], *command)


def pending(command: str, *, body: str = "", prompt: bool = False) -> Router:
    router = Router()
    router.begin(command, prompt=prompt)
    router.body(body)
    return router


def test_reports_during_a_command_are_kept_apart() -> None:
    events = pending("AT+CSQ").feed(
        f"+CDS: 26\r\n{PDU}\r\n+CSQ: 20,99\r\n^RSSI:18\r\nOK\r\n".encode()
    )
    assert events == [
        Event("pdu", "+CDS: 26", PDU),
        Event("response", "+CSQ: 20,99"),
        Event("urc", "^RSSI:18"),
        Event("final", "OK"),
    ]


def test_a_header_whose_second_line_is_lost_does_not_eat_the_answer() -> None:
    events = pending("AT+CSQ").feed(b"+CDS: 26\r\n+CSQ: 20,99\r\nOK\r\n")
    assert [event.kind for event in events] == ["stray", "response", "final"]


def test_digits_too_few_for_the_announced_pdu_are_an_answer() -> None:
    events = pending("AT+CCID").feed(b"+CDS: 26\r\n89860012345678901234\r\nOK\r\n")
    assert [event.kind for event in events] == ["stray", "response", "final"]


def test_two_headers_in_a_row() -> None:
    events = Router().feed(f"+CDS: 26\r\n+CDS: ,26\r\n{PDU}\r\n".encode())
    assert events == [Event("stray", "+CDS: 26"), Event("pdu", "+CDS: ,26", PDU)]


def test_header_and_pdu_may_come_apart() -> None:
    router = Router()
    assert router.feed(b"\r\n+CDS: 26\r\n") == []
    assert router.feed(PDU[:9].encode()) == []
    assert router.feed(PDU[9:].encode() + b"\r\n") == [Event("pdu", "+CDS: 26", PDU)]


@pytest.mark.parametrize(
    ("command", "line"),
    [("AT+CPIN?", "+CPIN: READY"), ("AT+CREG?", "+CREG: 2,5"), ("at+creg?", "+CREG: 0,1")],
)
def test_what_the_command_asked_for_is_its_answer(command: str, line: str) -> None:
    assert pending(command).feed(line.encode() + b"\r\n") == [Event("response", line)]
    assert Router().feed(line.encode() + b"\r\n") == [Event("urc", line)]


def test_the_registration_news_is_no_answer_to_the_query() -> None:
    events = pending("AT+CREG?").feed(b'+CREG: 5\r\n+CREG: 1,"1A2B","03C4"\r\n+CREG: 2,5\r\nOK\r\n')
    assert [event.kind for event in events] == ["urc", "urc", "response", "final"]


def test_echo_of_command_and_pdu_is_dropped() -> None:
    router = pending("AT+CMGS=26", prompt=True)
    assert [e.kind for e in router.feed(b"AT+CMGS=26\r\r\n> ")] == ["stray", "prompt"]
    router.body("0011AB")
    events = router.feed(b"0011AB\x1a\r\n+CMGS: 9\r\n\r\nOK\r\n")
    assert [event.kind for event in events] == ["stray", "response", "final"]


def test_a_late_reference_is_never_the_next_commands_answer() -> None:
    events = pending("AT+CSQ").feed(b"+CMGS: 77\r\n")
    assert events == [Event("late", "+CMGS: 77")]
    assert late_reference(events[0].line) == 77
    before_ctrl_z = pending("AT+CMGS=26", prompt=True).feed(b"+CMGS: 78\r\n")
    assert [event.kind for event in before_ctrl_z] == ["late"]
    other_verb = pending("AT+CMGC=9", body="00", prompt=True).feed(b"+CMGS: 78\r\n")
    assert [event.kind for event in other_verb] == ["late"]
    assert [event.kind for event in Router().feed(b"+CMGS: 78\r\n")] == ["late"]


def test_finals_are_whole_lines() -> None:
    router = pending("ATI")
    assert [e.kind for e in router.feed(b"OKAY then\r\nERRORS: 0\r\nBUSY\r\n")] == ["response"] * 3
    assert router.feed(b"COMMAND NOT SUPPORT\r\n") == [Event("final", "COMMAND NOT SUPPORT")]
    assert pending("ATD10086;").feed(b"NO CARRIER\r\n") == [Event("final", "NO CARRIER")]
    text = pending("AT+CMGS=26").feed(b"+CMS ERROR: Network timeout\r\n")
    assert text == [Event("final", "+CMS ERROR: Network timeout")]


def test_after_the_final_line_nothing_is_pending() -> None:
    router = pending("AT")
    assert [e.kind for e in router.feed(b"OK\r\nOK\r\n+CSQ: 1,99\r\n")] == [
        "final",
        "stray",
        "stray",
    ]
    assert not router.pending


def test_the_ok_of_a_late_reference_ends_no_other_command() -> None:
    router = pending("AT+CREG?")
    kinds = [event.kind for event in router.feed(b"+CMGS: 7\r\n\r\nOK\r\n+CREG: 1,1\r\n\r\nOK\r\n")]
    assert kinds == ["late", "stray", "response", "final"]
    idle = Router()
    assert [event.kind for event in idle.feed(b"+CMGS: 7\r\n")] == ["late"]
    idle.begin("AT")
    assert [event.kind for event in idle.feed(b"\r\nOK\r\nOK\r\n")] == ["stray", "final"]


def test_a_probe_is_ended_by_its_own_answer_only() -> None:
    router = Router()
    router.begin("AT+CMGF?", probe=True)
    kinds = [e.kind for e in router.feed(b"OK\r\n+CMS ERROR: 38\r\n+CMGF: 0\r\n\r\nOK\r\n")]
    assert kinds == ["stray", "stray", "response", "final"]
    router.begin("AT+CMGF?", probe=True)
    assert [event.kind for event in router.feed(b"ERROR\r\n")] == ["final"]
