"""From ``AT+CMGS`` to ``+CMGS``, and every fault on the way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu.submit import Submit, encode_submit
from estate_sms.modem.pdu.udh import Concat

MakeBench = Callable[..., Bench]
NUMBER = "+8613800138000"
NOTICE = encode_submit(Submit(NUMBER, "停水通知"))
PROMPT = b"\r\n> "


def _announce(bench: Bench) -> bytes:
    return bench.say(f"AT+CMGS={NOTICE.length}\r")


def _send(bench: Bench) -> bytes:
    assert _announce(bench) == PROMPT
    return bench.say(f"{NOTICE.hex}\x1a")


def _strike(bench: Bench, fault: Fault) -> None:
    bench.devices[0].strike(fault)


def test_a_message_goes_on_the_air_at_ctrl_z_and_is_answered_after_the_submit_time(
    bench: Bench,
) -> None:
    assert _announce(bench) == PROMPT
    assert bench.say(NOTICE.hex) == b""
    assert bench.aired() == []
    assert bench.say("\x1a") == b""
    [aired] = bench.aired()
    assert (aired.kind, aired.modem, aired.to, aired.text) == ("submit", 0, NUMBER, "停水通知")
    assert (aired.imsi, aired.pdu, aired.concat) == (
        bench.devices[0].identity.imsi,
        NOTICE.hex,
        None,
    )
    assert aired.outcomes == []
    assert bench.advance(0.049) == b""
    assert bench.advance(0.002) == f"\r\n+CMGS: {aired.mr}\r\n\r\nOK\r\n".encode()
    assert [outcome.result for outcome in bench.aired()[0].outcomes] == ["accepted"]


def test_a_part_is_logged_with_its_place(bench: Bench) -> None:
    part = encode_submit(Submit(NUMBER, "第二", alphabet="ucs2", concat=Concat(7, 3, 2), pid=0x41))
    bench.say(f"AT+CMGS={part.length}\r{part.hex}\x1a")
    [aired] = bench.aired()
    assert (aired.text, aired.concat, aired.pid) == ("第二", (7, 3, 2), 0x41)


def test_the_reference_counts_up_and_wraps(bench: Bench) -> None:
    for _ in range(300):
        _send(bench)
        bench.advance(0.1)
    references = [aired.mr for aired in bench.aired()]
    assert [(b - a) % 256 for a, b in pairwise(references)] == [1] * 299
    assert 0 in references
    assert 255 in references


def test_echo_covers_the_payload(bench: Bench) -> None:
    bench.say("ATE1\r")
    assert _announce(bench) == f"AT+CMGS={NOTICE.length}\r".encode() + PROMPT
    assert bench.say(f"{NOTICE.hex}\x1a") == NOTICE.hex.encode()


def test_escape_sends_nothing(bench: Bench) -> None:
    _announce(bench)
    assert bench.say(f"{NOTICE.hex}\x1b") == b"\r\nOK\r\n"
    assert bench.say("AT\r") == b"\r\nOK\r\n"
    assert bench.aired() == []


@pytest.mark.parametrize(
    "payload",
    ["", "zz", NOTICE.hex[:-2], f"{NOTICE.hex}00", "00" * (NOTICE.length + 1), "0", "FF"],
)
def test_what_is_no_such_pdu_is_refused(bench: Bench, payload: str) -> None:
    _announce(bench)
    assert bench.say(f"{payload}\x1a") == b"\r\n+CMS ERROR: 304\r\n"
    assert bench.aired() == []


def test_a_destination_no_report_could_name_is_refused(bench: Bench) -> None:
    pdu = "0031000391089B0006FF04EC38008D"
    bench.say(f"AT+CMGS={len(pdu) // 2 - 1}\r")
    assert bench.say(f"{pdu}\x1a") == b"\r\n+CMS ERROR: 304\r\n"


def test_typed_ahead_waits_in_the_uart(bench: Bench) -> None:
    assert _send(bench) == b""
    assert bench.say("AT+CGMR\r") == b""
    assert bench.advance(0.1).endswith(b"OK\r\n\r\nEM1.0\r\n\r\nOK\r\n")


def test_prompt_and_answers_take_their_time(make_bench: MakeBench) -> None:
    timing = Timing(submit=Delay(0.05), prompt=Delay(0.03), answer=Delay(0.01))
    bench = make_bench(Settings(timing=timing), quiet=False)
    assert bench.say("ATE0\r") == b"ATE0\r"
    assert bench.advance(0.011) == b"\r\nOK\r\n"
    assert _announce(bench) == b""
    assert bench.advance(0.039) == b""
    assert bench.advance(0.002) == PROMPT


def test_hang_before_ctrl_z_is_not_on_the_air(bench: Bench) -> None:
    _strike(bench, Fault("hang_before_ctrl_z"))
    assert _send(bench) == b""
    assert bench.advance(60) == b""
    assert bench.say("\x1bAT\r") == b""
    assert bench.aired() == []
    _strike(bench, Fault("heal"))
    assert bench.say("AT\r") == b"\r\nOK\r\n"


def test_hang_after_ctrl_z_is_on_the_air(bench: Bench) -> None:
    _strike(bench, Fault("hang_after_ctrl_z"))
    assert _send(bench) == b""
    assert bench.advance(60) == b""
    [aired] = bench.aired()
    assert [outcome.result for outcome in aired.outcomes] == ["accepted", "delivered"]
    _strike(bench, Fault("heal"))  # only now can the network hand its report over
    assert b"+CDS: " in bench.heard()
    assert [outcome.result for outcome in bench.aired()[0].outcomes][-1] == "report"


def test_lost_answer_leaves_a_working_modem(bench: Bench) -> None:
    _strike(bench, Fault("answer_lost"))
    _send(bench)
    assert bench.advance(0.1) == b""
    assert bench.say("AT\r") == b"\r\nOK\r\n"
    assert b"+CDS: " in bench.advance(1)


def test_late_answer_comes_between_others(bench: Bench) -> None:
    _strike(bench, Fault("late_answer", seconds=5))
    _send(bench)
    assert b"+CMGS" not in bench.advance(4)
    assert bench.say("AT\r") == b"\r\nOK\r\n"
    assert b"+CMGS: " in bench.advance(2)


def test_no_prompt_until_escape(bench: Bench) -> None:
    _strike(bench, Fault("no_prompt"))
    assert _announce(bench) == b""
    assert bench.say(f"{NOTICE.hex}\x1aAT\r") == b""
    assert bench.say("\x1b") == b"\r\nOK\r\n"
    assert bench.say("AT\r") == b"\r\nOK\r\n"
    assert bench.aired() == []


def test_slow_prompt(bench: Bench) -> None:
    _strike(bench, Fault("slow_prompt", seconds=3))
    assert _announce(bench) == b""
    assert bench.advance(3.1) == PROMPT


def test_unplugged_instead_of_prompting(bench: Bench) -> None:
    _strike(bench, Fault("unplug_before_ctrl_z", seconds=2))
    assert _announce(bench) == b""
    assert not bench.lines[0].plugged
    bench.advance(2.1)
    assert bench.lines[0].plugged
    assert bench.say("AT\r") == b"AT\r\r\nOK\r\n"
    assert bench.aired() == []


def test_unplugged_with_a_message_on_the_air(bench: Bench) -> None:
    _strike(bench, Fault("unplug_after_ctrl_z"))
    _send(bench)
    assert not bench.lines[0].plugged
    bench.advance(1)
    [aired] = bench.aired()
    assert [outcome.result for outcome in aired.outcomes] == ["accepted", "delivered"]
    _strike(bench, Fault("replug"))
    assert bench.say("ATE0\rAT+CNMI=2,1,0,1,0\r").count(b"+CDS: ") == 1


def test_reset_with_a_message_on_the_air(bench: Bench) -> None:
    _strike(bench, Fault("reset_after_ctrl_z"))
    _send(bench)
    said = bench.advance(2)
    assert b"RDY" in said
    assert b"+CMGS" not in said
    assert len(bench.aired()) == 1


def test_scripted_refusal(bench: Bench) -> None:
    _strike(bench, Fault("cms_error", code=42, skip=1, count=2))
    answers: list[bytes] = []
    for _ in range(4):
        _send(bench)
        answers.append(bench.advance(0.06))
    assert [b"+CMS ERROR: 42\r\n" in answer for answer in answers] == [False, True, True, False]
    assert [outcome.status for outcome in bench.aired()[1].outcomes] == [42]


def test_unsolicited_line_behind_the_prompt(bench: Bench) -> None:
    _strike(bench, Fault("urc_in_prompt"))
    assert _announce(bench) == PROMPT + b"\r\n^RSSI:17\r\n"
    bench.say(f"{NOTICE.hex}\x1a")
    assert b"+CMGS: " in bench.advance(0.1)


def test_duplicate_report(bench: Bench) -> None:
    _strike(bench, Fault("duplicate_report"))
    _send(bench)
    assert bench.advance(1).count(b"+CDS: ") == 2


def test_split_report_keeps_other_lines_behind_it(bench: Bench) -> None:
    _strike(bench, Fault("split_report"))
    _send(bench)
    first = bench.advance(0.251).rpartition(b"OK\r\n")[2]
    assert b"+CDS: " in first
    assert not first.endswith(b"\r\n")
    assert bench.say("AT\r") == b""
    assert bench.advance(0.1).endswith(b"\r\n\r\nOK\r\n")


def test_reset_storm_noise_and_echo(bench: Bench) -> None:
    _strike(bench, Fault("random_bytes", size=100))
    assert len(bench.heard()) == 100
    _strike(bench, Fault("echo_on"))
    assert bench.say("AT\r") == b"AT\r\r\nOK\r\n"
    _strike(bench, Fault("reset"))
    assert b"RDY" in bench.advance(1.5)
    _strike(bench, Fault("hang"))
    assert bench.say("AT\r") == b""
    _strike(bench, Fault("reset"))
    bench.advance(1.5)
    assert bench.say("ATE0\r").endswith(b"OK\r\n")


@pytest.mark.parametrize(
    ("kind", "error"), [("sim_out", b"+CMS ERROR: 310"), ("network_lost", b"+CMS ERROR: 331")]
)
def test_out_of_service_until_healed(bench: Bench, kind: str, error: bytes) -> None:
    _strike(bench, Fault(kind))  # type: ignore[arg-type]  # parametrised
    assert error in _announce(bench)
    _strike(bench, Fault("heal"))
    bench.heard()
    assert _announce(bench) == PROMPT


def test_noise_follows_the_settings(make_bench: MakeBench) -> None:
    noisy = make_bench(Settings(noise_every=1.0))
    assert noisy.advance(60).count(b"\r\n") > 40


def test_same_seed_same_timing(make_bench: MakeBench) -> None:
    settings = Settings(timing=Timing(submit=Delay(0.8, 0.4)))

    def schedule(bench: Bench, modem: int) -> list[float]:
        times: list[float] = []
        for _ in range(5):
            start = bench.now
            bench.say(f"AT+CMGS={NOTICE.length}\r{NOTICE.hex}\x1a", modem)
            while b"+CMGS: " not in bench.advance(0.01, modem):
                pass
            times.append(round(bench.now - start, 2))
        return times

    first, second = make_bench(settings, 2), make_bench(settings, 2)
    assert schedule(first, 0) == schedule(second, 0)
    assert schedule(first, 1) != schedule(second, 0)
