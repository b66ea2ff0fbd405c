"""The driver against a scripted modem on a real pty."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from estate_sms.modem.at.answers import Answer, Part
from estate_sms.modem.at.errors import ModemLost, ModemStopped, PortError
from estate_sms.modem.at.library import CmsError, GsmModem, TimeoutException
from estate_sms.modem.at.modem import GatewayModem
from estate_sms.modem.at.router import Event
from estate_sms.modem.at.waker import Waker

from .conftest import Act, PeerFactory, Ring, polite

PDU = "0011000B916831083108F00008AA044F60597D"
PART = Part(1, PDU, len(PDU) // 2 - 1)
REPORT = "07916831082005F006070B916831083108F06201221234562362012212345623" + "00"


class Plug(Protocol):
    def __call__(
        self, port: str, *, submit: float = 5.0, prompt: float = 5.0
    ) -> tuple[GatewayModem, list[Event]]: ...


@pytest.fixture
def plug() -> Iterator[Plug]:
    opened: list[tuple[GatewayModem, Waker]] = []

    def make(
        port: str, *, submit: float = 5.0, prompt: float = 5.0
    ) -> tuple[GatewayModem, list[Event]]:
        events: list[Event] = []
        waker = Waker()

        def urc(event: Event) -> bool:
            events.append(event)
            return True

        modem = GatewayModem(
            port, urc=urc, waker=waker, submit_timeout=submit, prompt_timeout=prompt
        )
        modem.connect()
        opened.append((modem, waker))
        return modem, events

    yield make
    for modem, waker in opened:
        modem.close()
        waker.close()


def but(**answers: list[Act]) -> Callable[[str], list[Act]]:
    """A polite modem except for ``prompt`` (AT+CMGS) or ``body`` (Ctrl-Z)."""

    def script(text: str) -> list[Act]:
        if text.startswith("AT+CMGS=") and "prompt" in answers:
            return answers["prompt"]
        if text.endswith("\x1a") and "body" in answers:
            return answers["body"]
        return polite(text)

    return script


def plain(answers: list[Answer]) -> list[tuple[str, int | None, str]]:
    return [(answer.outcome, answer.tp_mr, answer.cause) for answer in answers]


def test_it_is_the_library_s_modem(make_peer: PeerFactory, plug: Plug) -> None:
    modem, _ = plug(make_peer().port)
    assert isinstance(modem, GsmModem)
    assert modem.signalStrength == 20


def test_a_prompt_in_odd_chunks_with_news_around_it(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    prompt: list[Act] = [
        b"\r\n^RSSI:18\r",
        b"\n",
        b">",
        0.01,
        b" \r\n+CDS: 26\r\n",
        REPORT.encode(),
    ]
    peer = make_peer(but(prompt=[*prompt, b"\r\n"]))
    modem, events = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("accepted", 7, "")]
    assert [event.kind for event in events] == ["urc", "pdu"]
    assert events[1].pdu == REPORT
    assert ring.begun == [1]
    assert ring.answers == [(1, 7)]


def test_a_burst_of_news_during_a_submit_is_kept_whole(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    burst = b"".join(f"\r\n+CDS: 26\r\n{REPORT[:-2]}{n:02X}\r\n".encode() for n in range(50))
    peer = make_peer(but(body=[burst, b'+CMTI: "SM",3\r\n+CMGS: 9\r\n', 0.01, b"\r\nOK\r\n"]))
    modem, events = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("accepted", 9, "")]
    assert [event.pdu[-2:] for event in events[:50]] == [f"{n:02X}" for n in range(50)]
    assert events[50:] == [Event("urc", '+CMTI: "SM",3')]


def test_report_header_and_pdu_apart_while_idle(make_peer: PeerFactory, plug: Plug) -> None:
    peer = make_peer()
    modem, events = plug(peer.port)
    peer.say(b"\r\n+CDS: 26\r\n")
    modem.listen(5.0)
    assert events == []
    peer.say(REPORT.encode() + b"\r\n")
    while not events:
        modem.listen(5.0)
    assert events == [Event("pdu", "+CDS: 26", REPORT)]


def test_unplugged_during_a_submit_is_known_at_once(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    peer = make_peer(but(body=[lambda: peer.unplug()]))
    modem, _ = plug(peer.port, submit=60.0)
    assert plain(modem.submit([PART, PART], ring)) == [
        ("unknown", None, "lost"),
        ("unsent", None, ""),
    ]
    assert not modem.alive
    with pytest.raises(ModemLost):
        modem.ask("AT")


def test_unplugged_before_ctrl_z_is_certainly_not_sent(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    peer = make_peer(but(prompt=[lambda: peer.unplug()]))
    modem, _ = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("unsent", None, "lost")]
    assert ring.begun == []


def test_a_missing_prompt_is_escaped_and_the_next_command_works(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    stuck = False

    def script(text: str) -> list[Act]:
        nonlocal stuck
        if text.startswith("AT+CMGS="):
            stuck = True
            return []
        if text.endswith("\x1b"):
            stuck = False
            return [b"\r\nOK\r\n"]
        return [] if stuck else polite(text)

    peer = make_peer(script)
    modem, _ = plug(peer.port, prompt=0.05)
    assert plain(modem.submit([PART], ring)) == [("unsent", None, "no_prompt")]
    assert modem.ask("AT+CSQ", timeout=2.0) == ["+CSQ: 20,99"]
    assert not any(PDU in text for text in peer.received)


def test_a_late_reference_goes_to_its_owner_and_not_to_the_next_command(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    held: list[Act] = [0.2, b"\r\n+CMGS: 77\r\n\r\nOK\r\n"]
    peer = make_peer(but(body=held))  # answers in order: the probe waits behind the late answer
    modem, events = plug(peer.port, submit=0.05)
    assert plain(modem.submit([PART], ring)) == [("unknown", None, "timeout")]
    assert modem.dirty
    assert modem.ask("AT+CSQ") == ["+CSQ: 20,99"]
    assert events == [Event("late", "+CMGS: 77")]
    assert sum(PDU in text for text in peer.received) == 1


def test_a_modem_that_stays_silent_is_told_apart(make_peer: PeerFactory, plug: Plug) -> None:
    modem, _ = plug(make_peer(lambda text: []).port)
    with pytest.raises(TimeoutException):
        modem.recover(0.1)


def test_each_part_has_its_own_result(make_peer: PeerFactory, plug: Plug, ring: Ring) -> None:
    answers = iter([b"+CMGS: 254\r\nOK\r\n", b"+CMGS: 255\r\nOK\r\n", b"+CMS ERROR: 38\r\n"])

    def script(text: str) -> list[Act]:
        return [next(answers)] if text.endswith("\x1a") else polite(text)

    peer = make_peer(script)
    modem, _ = plug(peer.port)
    parts = [PART._replace(attempt=attempt) for attempt in (1, 2, 3, 4)]
    assert plain(modem.submit(parts, ring)) == [
        ("accepted", 254, ""),
        ("accepted", 255, ""),
        ("refused", None, "cms:38"),
        ("unsent", None, ""),
    ]
    assert ring.begun == [1, 2, 3]
    assert ring.answers == [(1, 254), (2, 255)]
    assert peer.received[0] == "AT+CMMS=1\r"


def test_more_messages_is_not_asked_twice_of_a_modem_without_it(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    def script(text: str) -> list[Act]:
        return [b"ERROR\r\n"] if text.startswith("AT+CMMS") else polite(text)

    peer = make_peer(script)
    modem, _ = plug(peer.port)
    for _ in range(2):
        assert [a.outcome for a in modem.submit([PART, PART], ring)] == ["accepted"] * 2
    assert sum(text.startswith("AT+CMMS") for text in peer.received) == 1


def test_a_busy_sim_is_asked_again_but_a_pdu_is_never_repeated(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    first = iter([[b"+CMS ERROR: 314\r\n"], [b"> "], [b"> "]])

    def script(text: str) -> list[Act]:
        if text.startswith("AT+CMGS="):
            return list[Act](next(first))
        return [b"+CMS ERROR: 515\r\n"] if text.endswith("\x1a") else polite(text)

    peer = make_peer(script)
    modem, _ = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("refused", None, "cms:515")]
    assert sum(PDU in text for text in peer.received) == 1
    assert sum(text.startswith("AT+CMGS=") for text in peer.received) == 2


@pytest.mark.parametrize(
    ("final", "outcome"),
    [
        (b"+CMS ERROR: Invalid PDU mode parameter\r\n", ("refused", None, "cms:304")),
        (b"+CME ERROR: 30\r\n", ("refused", None, "cme:30")),
        (b"ERROR\r\n", ("refused", None, "error")),
        (b"+CMS ERROR: network timeout\r\n", ("unknown", None, "cms:332")),
    ],
)
def test_refusals_in_every_wording(
    make_peer: PeerFactory,
    plug: Plug,
    ring: Ring,
    final: bytes,
    outcome: tuple[str, int | None, str],
) -> None:
    modem, _ = plug(make_peer(but(body=[final])).port)
    assert plain(modem.submit([PART], ring)) == [outcome]


def test_an_error_instead_of_the_prompt_sends_nothing(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    peer = make_peer(but(prompt=[b"\r\n> \r\n+CMS ERROR: 304\r\n"]))
    modem, _ = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("refused", None, "cms:304")]
    assert ring.begun == []
    assert not any(PDU in text for text in peer.received)


def test_commands_of_two_threads_never_enter_a_pdu(
    make_peer: PeerFactory, plug: Plug, ring: Ring
) -> None:
    peer = make_peer(but(prompt=[b"\r\n>", 0.002, b" "]))
    modem, _ = plug(peer.port)
    stop = threading.Event()
    polled: list[list[str]] = []

    def poll() -> None:
        while not stop.is_set():
            polled.append(modem.ask("AT+CSQ"))

    poller = threading.Thread(target=poll)
    poller.start()
    outcomes = [modem.submit([PART], ring)[0].outcome for _ in range(50)]
    stop.set()
    poller.join()
    assert outcomes == ["accepted"] * 50
    assert {tuple(lines) for lines in polled} == {("+CSQ: 20,99",)}
    bodies = [text for text in peer.received if text.endswith("\x1a")]
    assert bodies == [PDU + "\x1a"] * 50


def test_a_listening_thread_steps_aside(make_peer: PeerFactory, plug: Plug) -> None:
    modem, _ = plug(make_peer().port)

    def idle() -> None:
        with contextlib.suppress(ModemStopped):
            while True:
                modem.listen(30.0)

    listener = threading.Thread(target=idle)
    listener.start()
    assert [modem.ask("AT+CSQ") for _ in range(20)] == [["+CSQ: 20,99"]] * 20
    modem.stop()
    listener.join(20)
    assert not listener.is_alive()


def test_noise_never_kills_the_dialogue(make_peer: PeerFactory, plug: Plug, ring: Ring) -> None:
    rubbish: list[Act] = [b"\xff\x00\xfe" * 1500, b"\r\n", bytes(range(256)), b"\r\n"]
    peer = make_peer(but(body=[*rubbish, b"\xff+CMGS: 3\r\n", *rubbish, b"OK\r\n"]))
    modem, _ = plug(peer.port)
    assert plain(modem.submit([PART], ring)) == [("accepted", 3, "")]
    assert modem.ask("AT+CSQ") == ["+CSQ: 20,99"]


def test_echo_is_no_answer(make_peer: PeerFactory, plug: Plug, ring: Ring) -> None:
    peer = make_peer(lambda text: [text.encode("latin-1") + b"\r", *polite(text)])
    modem, _ = plug(peer.port)
    assert modem.ask("AT+CSQ") == ["+CSQ: 20,99"]
    assert plain(modem.submit([PART], ring)) == [("accepted", 7, "")]


def test_stop_wakes_the_waiter(make_peer: PeerFactory, plug: Plug, ring: Ring) -> None:
    peer = make_peer(but(body=[lambda: modem.stop()]))
    modem, _ = plug(peer.port, submit=60.0)
    assert plain(modem.submit([PART], ring)) == [("unknown", None, "stopped")]
    with pytest.raises(ModemStopped):
        modem.ask("AT")


def test_a_hand_over_that_fails_sends_nothing(make_peer: PeerFactory, plug: Plug) -> None:
    class Full(Ring):
        def begin(self, attempt: int) -> None:
            raise OSError("full")

    peer = make_peer()
    modem, _ = plug(peer.port)
    assert plain(modem.submit([PART], Full())) == [("unsent", None, "hand_over")]
    assert modem.ask("AT+CSQ") == ["+CSQ: 20,99"]
    assert not any(PDU in text for text in peer.received)


def test_errors_carry_no_arguments(make_peer: PeerFactory, plug: Plug) -> None:
    modem, _ = plug(make_peer(lambda text: [b"+CMS ERROR: 330\r\n"]).port)
    with pytest.raises(CmsError) as caught:
        modem.ask('AT+CPIN="4711"')
    assert caught.value.code == 330
    assert "4711" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize(
    ("port", "code"), [("/dev/no-such-port", "no_port"), ("/etc/hostname", "port")]
)
def test_ports_that_are_none(plug: Plug, port: str, code: str) -> None:
    with pytest.raises(PortError) as caught:
        plug(port)
    assert caught.value.code == code


def test_a_port_has_one_opener(make_peer: PeerFactory, plug: Plug) -> None:
    port = make_peer().port
    plug(port)
    with pytest.raises(PortError) as caught:
        plug(port)
    assert caught.value.code == "busy"
