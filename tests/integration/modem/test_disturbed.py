"""The bank under noise, faults and modems that only store their reports."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.faults import Fault, FaultKind
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu import StatusReport, encode_status_report

from .conftest import Act, Ear, Emulate, OpenBank, PeerFactory, Ring, outgoing, plain
from .test_opening import modem_with

NOISY = Settings(
    timing=Timing(submit=Delay(0.002), report=Delay(0.004), retry=Delay(0.5)), noise_every=0.002
)


async def test_bursts_of_reports_and_noise_lose_nothing(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate(4, NOISY)
    for index in range(4):
        emulated.control.fault(index, Fault("split_report", count=40))
        emulated.control.fault(index, Fault("urc_in_prompt", count=40, skip=20))
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: len(ear.ready) == 4)

    async def send(label: str, first: int) -> Counter[tuple[str, str]]:
        seen: Counter[tuple[str, str]] = Counter()
        for attempt in range(first, first + 100):
            seen.update(plain(list(await bank.submit(label, outgoing(first=attempt), ring))))
        return seen

    counts = await asyncio.gather(*(send(f"m{n}", n * 100) for n in range(4)))
    assert counts == [Counter({("accepted", ""): 100})] * 4
    await ear.until(lambda: len(ear.reports) == 400)
    log = list(read_air_log(emulated.air_log))
    assert Counter((r.imsi, r.tp_mr) for r in ear.reports) == Counter(
        (line.imsi, line.mr) for line in log
    )
    assert sorted(attempt for attempt, _ in ring.answers) == list(range(400))


@pytest.mark.parametrize("fault", ["random_bytes", "echo_on"])
async def test_rubbish_and_echo_do_no_harm(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring, fault: FaultKind
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, fault)
    for attempt in range(5):
        assert plain(list(await bank.submit("m0", outgoing(first=attempt), ring))) == [
            ("accepted", "")
        ]


async def test_a_modem_that_hangs_is_given_up_and_found_again(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(
        *emulated.ports, submit_timeout=0.1, recover_timeout=0.2, late_timeout=0.0
    )
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "hang_after_ctrl_z")
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unknown", "timeout")]
    await ear.until(lambda: bank.status("m0").state == "faulty")
    emulated.control.fault(0, "heal")
    await ear.until(lambda: ear.ready)


async def test_a_lost_answer_leaves_the_next_message_its_own(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, submit_timeout=0.1, late_timeout=0.0)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "answer_lost")
    assert plain(list(await bank.submit("m0", outgoing(first=1), ring))) == [("unknown", "timeout")]
    await ear.until(lambda: ear.lost and ear.ready)
    (result,) = await bank.submit("m0", outgoing(first=2), ring)
    log = list(read_air_log(emulated.air_log))
    assert (result.outcome, result.tp_mr) == ("accepted", log[1].mr)
    assert ear.late == []


async def test_stored_reports_are_read_and_then_deleted(
    make_peer: PeerFactory, open_bank: OpenBank, ear: Ear
) -> None:
    report = encode_status_report(
        StatusReport(tp_mr=7, recipient="+8613800138000", smsc_at=None, done_at=None, status=0)
    )
    deleted = asyncio.Event()
    loop = asyncio.get_running_loop()
    base = modem_with(
        **{
            "CREG?": b"+CREG: 1,1\r\nOK\r\n",
            "CMGR=4": f"+CMGR: 0,,{report.length}\r\n{report.hex}\r\n\r\nOK\r\n".encode(),
        }
    )

    def script(text: str) -> list[Act]:
        if text == "AT+CMGD=4":
            loop.call_soon_threadsafe(deleted.set)
        return base(text)

    peer = make_peer(script)
    await open_bank(peer.port)
    await ear.until(lambda: ear.ready)
    peer.say(b'\r\n+CDSI: "SR",4\r\n')
    await asyncio.wait_for(deleted.wait(), 20)
    assert [(seen.tp_mr, seen.tp_st, seen.smsc_at) for seen in ear.reports] == [(7, 0, None)]
    asked = [text for text in peer.received if text.startswith(("AT+CMG", "AT+CPMS="))]
    assert asked[-3:] == ['AT+CPMS="SR"\r', "AT+CMGR=4\r", "AT+CMGD=4\r"]
