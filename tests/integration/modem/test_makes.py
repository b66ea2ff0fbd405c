"""Every make's persona, opened by its profile: sends, hears of it, receives; and what a probe tells."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from estate_sms.modem.bank import Bank
from estate_sms.modem.emulator.persona import PERSONAS
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.probe import Found, probe
from estate_sms.queue.transmitter import PartResult

from .broadcast import SICK, estate
from .conftest import LONG, NUMBER, Ear, Emulate, PeerFactory, Ring, outgoing, plain
from .test_opening import modem_with
from .test_recovery import QUICK, Watch, banks, start, watch

__all__ = ["banks", "watch"]  # fixtures

EXPECTED = {
    "plain": "generic",
    "quectel-ec20": "quectel-ec2x",
    "quectel-ec25": "quectel-ec2x",
    "quectel-eg25": "quectel-ec2x",
    "simcom-sim800": "simcom-sim800",
    "simcom-sim7600": "simcom-sim7600",
    "huawei-e173": "huawei-e1xx",
    "huawei-e3372": "huawei-e3xx",
    "zte-mf190": "zte-mf",
    "siemens-tc35": "siemens-tc35",
    "cinterion-bgs2": "cinterion",
    "wavecom-fastrack": "wavecom",
    "generic": "generic",
    "generic-qualcomm": "generic",
}


async def test_every_make_sends_reports_and_receives(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    names = tuple(PERSONAS)
    emulated = emulate(len(names), Settings(timing=QUICK.timing, personas=names))
    bank = await start(
        banks, ear, watch, *emulated.ports, submit_timeout=5.0, command_timeout=5.0,
        prompt_timeout=5.0, probe_timeout=1.0,
    )  # fmt: skip
    await ear.until(lambda: len(ear.ready) == len(names))
    profiles = {name: status.profile for name, status in zip(names, bank.statuses(), strict=True)}
    assert profiles == {name: EXPECTED.get(name, profiles[name]) for name in names}
    rings = [Ring() for _ in names]
    results = await asyncio.gather(
        *(
            bank.submit(f"m{n}", outgoing(LONG, total=3, first=n * 10), rings[n])
            for n in range(len(names))
        )
    )
    assert [plain(list(result)) for result in results] == [[("accepted", "")] * 3] * len(names)
    await ear.until(lambda: len(ear.reports) == 3 * len(names))
    for index in range(len(names)):
        await asyncio.to_thread(emulated.control.inbound, index, NUMBER, f"TD{index}")
    await ear.until(lambda: len(ear.messages) >= len(names))
    assert {message.text for message in ear.messages} == {f"TD{n}" for n in range(len(names))}
    assert watch.steps == []


async def test_what_a_modem_tells_is_shown(tmp_path: Path) -> None:
    async with estate(tmp_path, 1) as running:
        await running.until(lambda: running.gateway.bank.status(SICK).storage_used == 0)
        status = running.gateway.bank.status(SICK)
        (shown,) = await running.gateway.view.statuses()
        assert shown.technology == "lte"
        assert (shown.registration, shown.signal, shown.signal_dbm) == (1, 17, -79)
        assert (shown.smsc, shown.bearer, shown.operator) == ("+8613800100500", 3, status.operator)
        assert (shown.storage_used, shown.storage_total, shown.counters["resets"]) == (0, 20, 0)
        await asyncio.to_thread(running.bank.control.fault, 0, "brown_out")
        await running.until(lambda: running.gateway.bank.status(SICK).resets == 1)


@pytest.mark.parametrize(
    ("smsc", "answer"), [("", ("refused", "cms:330")), ("+8613800100500", ("accepted", ""))]
)
async def test_a_sim_without_service_centre_sends_once_it_has_one(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], smsc: str,
    answer: tuple[str, str],
) -> None:  # fmt: skip
    names = ("simcom-sim7600", "huawei-e3372")
    emulated = emulate(2, Settings(timing=QUICK.timing, personas=names, smsc=""))
    bank = await start(
        banks, ear, watch, *emulated.ports, smsc=smsc, command_timeout=5.0, submit_timeout=5.0,
        prompt_timeout=5.0,
    )  # fmt: skip
    await ear.until(lambda: len(ear.ready) == 2)
    assert [status.smsc for status in bank.statuses()] == [smsc] * 2
    results = [await bank.submit(f"m{n}", outgoing(first=n + 1), Ring()) for n in range(2)]
    assert [plain(list(result)) for result in results] == [[answer]] * 2


async def test_calls_are_rejected_and_counted(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    emulated = emulate(1, QUICK)
    bank = await start(banks, ear, watch, *emulated.ports)
    await ear.until(lambda: ear.ready)
    await asyncio.to_thread(emulated.control.ring, 0, NUMBER, 1000)
    await ear.until(lambda: bank.status("m0").calls_rejected == 1)
    async with asyncio.timeout(60):
        while emulated.control.status().modems[0].call != "none":  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_the_answer_is_waited_for_as_long_as_its_network_takes(
    ear: Ear, watch: Watch, banks: list[Bank[PartResult]], make_peer: PeerFactory
) -> None:
    peers = {
        "lte": make_peer(modem_with(**{"CREG?": b"+CREG: 0,1\r\nOK\r\n"})),
        "2g": make_peer(
            modem_with(
                **{
                    "CREG?": b"+CREG: 0,1\r\nOK\r\n",
                    "COPS?": b'+COPS: 0,0,"CHINA MOBILE",0\r\nOK\r\n',
                }
            )
        ),
    }
    bank = await start(
        banks,
        ear,
        watch,
        *(peer.port for peer in peers.values()),
        submit_timeout=None,
        command_timeout=5.0,
    )
    await ear.until(lambda: len(ear.ready) == 2)
    assert [status.technology for status in bank.statuses()] == ["lte", "2g"]
    modems = [worker.modem for worker in vars(bank)["_workers"].values()]
    assert [modem.submit_timeout for modem in modems] == [150.0, 60.0]


async def test_what_512_and_up_mean_is_the_makes_own(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    emulated = emulate(
        2, Settings(timing=QUICK.timing, personas=("wavecom-fastrack", "simcom-sim800"))
    )
    bank = await start(banks, ear, watch, *emulated.ports, command_timeout=5.0)
    await ear.until(lambda: len(ear.ready) == 2)
    assert bank.cause_kind("m0", "cms:515") == "temporary"
    assert bank.cause_kind("m1", "cms:515") == "modem"
    assert bank.cause_kind("m0", "cms:38") is None
    assert bank.cause_kind("m0", "timeout") is None
    assert bank.cause_kind("elsewhere", "cms:515") is None


def found(items: list[Found]) -> dict[str, tuple[str, bool]]:
    return {item.what: (item.value, item.ok) for item in items}


def test_a_probe_tells_what_and_why(emulate: Emulate) -> None:
    emulated = emulate(1, Settings(timing=QUICK.timing, persona="huawei-e173"))
    items = list(probe(emulated.ports[0]))
    told = found(items)
    assert told["profile"] == ("huawei-e1xx", True)
    assert told["CNMI"] == ("1,1,0,2,0", True)
    assert "refused or not kept: 2,1,0,2,0" in next(i.why for i in items if i.what == "CNMI")
    (modem,) = emulated.control.status().modems
    assert all(modem.imei not in item.value and modem.imsi not in item.value for item in items)


@pytest.mark.parametrize(
    ("special", "what", "value"),
    [
        ({"CPIN?": b"+CPIN: SIM PIN\r\nOK\r\n"}, "SIM", "pin"),
        ({"CPIN?": b"+CPIN: SIM PUK\r\nOK\r\n"}, "SIM", "puk"),
        ({"CSCA?": b'+CSCA: "",129\r\nOK\r\n'}, "SMSC", "not set"),
        ({"CPMS?": b'+CPMS: "SM",20,20\r\nOK\r\n'}, "storage", "SM 20 of 20"),
        ({"CMGF=0": b"ERROR\r\n"}, "dialogue", "AT+CMGF"),
    ],
)
def test_a_probe_names_what_will_not_work(
    make_peer: PeerFactory, special: dict[str, bytes], what: str, value: str
) -> None:
    peer = make_peer(modem_with(**special))
    assert found(list(probe(peer.port, patience=0.2)))[what] == (value, False)
    assert not [text for text in peer.received if text.startswith("AT+CPIN=")]


def test_a_probe_of_nothing(make_peer: PeerFactory) -> None:
    silent = make_peer(lambda text: [])
    assert found(list(probe(silent.port, patience=0.1)))["port"] == ("silent", False)
    assert found(list(probe("/dev/no-such-port")))["port"] == ("no_port", False)
