"""The bank against the emulated bank, on ptys and on TCP."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from estate_sms.modem.bank import Bank
from estate_sms.modem.config import ModemConfig, ModemConfigError
from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.pdu import Relative, decode_submit
from estate_sms.queue.transmitter import Deletion, PartResult, Transmitter

from .conftest import (
    LONG,
    NUMBER,
    Ear,
    Emulate,
    OpenBank,
    PeerFactory,
    Ring,
    outgoing,
    plain,
)


def aired(bank: EmulatedBank) -> list[Aired]:
    return list(read_air_log(bank.air_log))


async def test_a_notice_goes_out_and_its_report_comes_back(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports)
    transmitter: Transmitter = bank  # the type checkers hold the fit
    await ear.until(lambda: ear.ready)
    assert transmitter.segments(LONG) == 3
    results = list(await transmitter.submit("m0", outgoing(LONG, total=3), ring))
    assert plain(results) == [("accepted", "")] * 3
    log = aired(emulated)
    assert "".join(line.text for line in log) == LONG
    assert [line.concat for line in log] == [(42, 3, 1), (42, 3, 2), (42, 3, 3)]
    assert {line.to for line in log} == {NUMBER}
    assert [result.tp_mr for result in results] == [line.mr for line in log]
    assert ring.answers == [(1 + place, line.mr) for place, line in enumerate(log)]
    await ear.until(lambda: len(ear.reports) == 3)
    assert {(r.imsi, r.tp_mr, r.recipient, r.tp_st) for r in ear.reports} == {
        (ear.ready["m0"].imsi, line.mr, NUMBER, 0) for line in log
    }
    assert all(report.smsc_at and report.done_at for report in ear.reports)


async def test_the_air_ends_a_message_no_later_than_asked(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    minutes = {1: 5, 58: 55, 25 * 60: 24 * 60}  # to be ended in, TP-VP; the shortest there is: 5
    for left in minutes:
        until = time.time_ns() // 1000 + left * 60_000_000
        await bank.submit("m0", replace(outgoing(), valid_until=until), ring)
    sent = [decode_submit(line.pdu).validity for line in aired(emulated)]
    assert sent == [Relative(given) for given in minutes.values()]


async def test_who_the_modem_is(emulate: Emulate, open_bank: OpenBank, ear: Ear) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    truth = emulated.control.status().modems[0]
    status = bank.status("m0")
    assert (status.imei, status.imsi) == (truth.imei, truth.imsi)
    assert status.iccid
    assert status.smsc
    assert status.operator
    assert status.registration == 1
    assert status.signal is not None
    assert status.can_command
    assert ear.ready["m0"].imsi == truth.imsi
    assert [change.state for change in ear.changes][:1] == ["starting"]


async def test_refusals_are_told_per_part(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, Fault("cms_error", skip=1, code=38))
    results = await bank.submit("m0", outgoing(LONG, total=3), ring)
    assert plain(list(results)) == [("accepted", ""), ("refused", "cms:38"), ("unsent", "")]
    assert bank.status("m0").state == "ready"


async def test_what_cannot_be_encoded_never_reaches_a_modem(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    bank = await open_bank(*emulate().ports)
    await ear.until(lambda: ear.ready)
    assert plain(list(await bank.submit("m0", outgoing(total=2), ring))) == [
        ("refused", "pdu"),
        ("unsent", ""),
    ]
    assert plain(list(await bank.submit("elsewhere", outgoing(), ring))) == [
        ("unsent", "unknown_modem")
    ]
    assert ring.begun == []


async def test_a_deletion_is_sent_and_confirmed(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    emulated.control.rule(NUMBER, reports=())
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    (sent,) = await bank.submit("m0", outgoing(), ring)
    assert sent.tp_mr is not None
    result = await bank.command(
        "m0", Deletion(number=NUMBER, target_mr=sent.tp_mr, attempt=9), ring
    )
    assert result.outcome == "accepted"
    assert result.tp_mr is not None
    await ear.until(lambda: ear.reports)
    assert ear.reports[0].tp_st == 0x47


async def test_a_message_is_freed_only_after_it_is_durable(
    emulate: Emulate, open_bank: OpenBank, ear: Ear
) -> None:
    emulated = emulate()
    first = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    ear.gate.clear()
    await asyncio.to_thread(emulated.control.inbound, 0, NUMBER, "退订")
    await ear.until(lambda: len(ear.messages) == 1)
    assert ear.messages[0].sender == NUMBER
    assert ear.messages[0].text == "退订"
    assert (ear.messages[0].modem, ear.messages[0].total) == ("m0", 1)
    await first.stop(0)  # before it was durable: power goes
    ear.gate.set()
    second = await open_bank(*emulated.ports)
    await ear.until(lambda: len(ear.messages) == 2)
    await _quiet(second, ear)
    await second.stop(0)
    third = await open_bank(*emulated.ports)
    await _quiet(third, ear)
    assert len(ear.messages) == 2  # deleted: not offered a third time


async def _quiet(bank: Bank[PartResult], ear: Ear) -> None:
    """Ready, and everything that was stored is dealt with: chores run before the next order ends."""
    await ear.until(lambda: bank.status("m0").state == "ready")
    for attempt in (100, 101, 102):
        await bank.submit("m0", outgoing(first=attempt), Ring())


async def test_a_listener_in_trouble_is_offered_the_message_again(
    emulate: Emulate, open_bank: OpenBank, ear: Ear
) -> None:
    emulated = emulate()
    await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    ear.refuse = 1
    await asyncio.to_thread(emulated.control.inbound, 0, NUMBER, "1")
    await ear.until(lambda: len(ear.messages) == 2)
    assert ear.messages[0] == ear.messages[1]


async def test_a_time_out_after_ctrl_z_is_unknown_and_the_late_answer_finds_its_attempt(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, submit_timeout=0.1)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, Fault("late_answer", seconds=0.3))
    results = await bank.submit("m0", outgoing(first=5), ring)
    assert plain(list(results)) == [("unknown", "timeout")]
    await ear.until(lambda: ear.lost)
    assert ear.lost == [("m0", "timeout")]
    assert plain(list(await bank.submit("m0", outgoing(first=6), ring))) == [("unsent", "timeout")]
    await ear.until(lambda: ear.ready)
    (line,) = aired(emulated)
    assert ear.late == [(5, line.mr)]
    assert plain(list(await bank.submit("m0", outgoing(first=7), ring))) == [("accepted", "")]
    assert len(aired(emulated)) == 2


async def test_a_modem_without_a_prompt_serves_again_after_escape(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, prompt_timeout=0.1)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "no_prompt")
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unsent", "no_prompt")]
    await ear.until(lambda: ear.lost and ear.ready)
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("accepted", "")]
    assert len(aired(emulated)) == 1


async def test_unplugged_and_plugged_in_again(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, submit_timeout=60)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, Fault("unplug_after_ctrl_z", seconds=0.2))
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unknown", "lost")]
    assert ear.lost == [("m0", "lost")]
    await ear.until(lambda: ear.ready)
    assert bank.status("m0").resets == 1
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("accepted", "")]


async def test_a_reset_in_the_middle_is_noticed_at_its_first_word(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, submit_timeout=60)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "reset_after_ctrl_z")
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unknown", "lost")]
    await ear.until(lambda: ear.ready)
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("accepted", "")]
    for times in (2, 3):
        emulated.control.fault(0, "brown_out")
        await ear.until(lambda times=times: len(ear.lost) == times and ear.ready)  # type: ignore[misc]
        assert bank.status("m0").resets == times


async def test_without_a_network_it_searches_and_takes_no_work(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate()
    bank = await open_bank(*emulated.ports, poll_interval=0.05)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "network_lost")
    await ear.until(lambda: ear.lost)
    assert ear.lost == [("m0", "not_registered")]
    assert bank.status("m0").state == "searching"
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unsent", "not_registered")]
    emulated.control.fault(0, "heal")
    await ear.until(lambda: ear.ready)


async def test_a_missing_sim_is_told_and_its_return_noticed(
    emulate: Emulate, open_bank: OpenBank, ear: Ear
) -> None:
    emulated = emulate()
    emulated.control.fault(0, "sim_out")
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: bank.status("m0").state == "no_sim")
    assert bank.status("m0").reason == "no_sim"
    emulated.control.fault(0, "heal")
    await ear.until(lambda: ear.ready)


async def test_sick_and_missing_modems_do_not_hold_up_a_sound_one(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring, make_peer: PeerFactory
) -> None:
    mute = make_peer(lambda text: [])
    (sound,) = emulate().ports
    bank = await open_bank("/dev/no-such-port", mute.port, "/etc/hostname", sound)
    await ear.until(lambda: "m3" in ear.ready)
    assert plain(list(await bank.submit("m3", outgoing(), ring))) == [("accepted", "")]
    await ear.until(lambda: bank.status("m1").reason == "no_modem")
    states = [(status.state, status.reason) for status in bank.statuses()]
    assert states[:3] == [("absent", "no_port"), ("faulty", "no_modem"), ("faulty", "port")]


async def test_a_port_in_other_hands_is_busy(
    emulate: Emulate, open_bank: OpenBank, ear: Ear
) -> None:
    ports = emulate().ports
    await open_bank(*ports)
    await ear.until(lambda: ear.ready)
    second = await open_bank(*ports)
    await ear.until(lambda: second.status("m0").reason == "busy")
    assert second.status("m0").state == "faulty"


async def test_a_serial_server_on_the_network(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate(2, Settings(tcp=True))
    assert emulated.ports[0].startswith("socket://")
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: len(ear.ready) == 2)
    results = await asyncio.gather(
        *(bank.submit(label, outgoing(first=n), ring) for n, label in enumerate(("m0", "m1")))
    )
    assert [plain(list(result)) for result in results] == [[("accepted", "")]] * 2
    emulated.control.fault(0, Fault("unplug_after_ctrl_z", seconds=0.1))
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unknown", "lost")]
    await ear.until(lambda: "m0" in ear.ready)


async def test_stop_ends_in_time_with_a_message_on_the_air(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate(settings=Settings.fixed(600))
    bank = await open_bank(*emulated.ports, submit_timeout=900)
    await ear.until(lambda: ear.ready)
    on_the_air = asyncio.ensure_future(bank.submit("m0", outgoing(), ring))
    waiting = asyncio.ensure_future(bank.submit("m0", outgoing(first=2), ring))
    await ring.until_begun()
    assert bank.status("m0").state == "sending"
    async with asyncio.timeout(20):
        await bank.stop(0.05)
    assert plain(list(await on_the_air)) == [("unknown", "stopped")]
    assert plain(list(await waiting)) == [("unsent", "stopped")]
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unsent", "stopped")]
    assert ring.begun == [1]


async def test_stop_lets_a_message_end_within_the_grace(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    bank = await open_bank(*emulate(settings=Settings.fixed(0.2)).ports)
    await ear.until(lambda: ear.ready)
    on_the_air = asyncio.ensure_future(bank.submit("m0", outgoing(), ring))
    await ring.until_begun()
    await bank.stop(10)
    assert plain(list(await on_the_air)) == [("accepted", "")]


async def test_a_withdrawn_order_is_not_begun(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    emulated = emulate(settings=Settings.fixed(0.2))
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    first = asyncio.ensure_future(bank.submit("m0", outgoing(), ring))
    second = asyncio.ensure_future(bank.submit("m0", outgoing(first=2), ring))
    await ring.until_begun()
    second.cancel()
    await first
    await bank.submit("m0", outgoing(first=3), ring)
    assert ring.begun == [1, 3]


async def test_an_order_that_something_came_before_is_not_begun(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    class Stopped(Ring):
        def may_begin(self) -> bool:
            return False

    emulated = emulate(settings=Settings.fixed(0.2))
    bank = await open_bank(*emulated.ports)
    await ear.until(lambda: ear.ready)
    stopped = Stopped()
    first, second, third = await asyncio.gather(
        bank.submit("m0", outgoing(), ring),
        bank.submit("m0", outgoing(first=2), stopped),
        bank.submit("m0", outgoing(first=3), ring),
    )
    assert plain([*first, *third]) == [("accepted", "")] * 2
    assert [(result.outcome, result.tp_mr) for result in second] == [("unsent", None)]
    assert stopped.begun == []
    assert len(aired(emulated)) == 2


async def test_two_modems_cannot_share_a_port(ear: Ear) -> None:
    configs = [ModemConfig(port="/dev/x", label=label) for label in ("a", "b")]
    with pytest.raises(ModemConfigError):
        Bank(configs, ear, PartResult)
