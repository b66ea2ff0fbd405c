"""The recovery ladder, on real ptys: each rung brings back what it can, and is seen."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest

from estate_sms.gateway.power import Power
from estate_sms.modem.bank import Bank
from estate_sms.modem.config import ModemConfig
from estate_sms.modem.discovery import Places
from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.hubs import Hubs
from estate_sms.modem.ladder import Ladder
from estate_sms.modem.memory import FileMemory, Memory
from estate_sms.modem.power import PowerSwitch
from estate_sms.modem.state import Backoff
from estate_sms.modem.watcher import Alarm, RecoveryStep
from estate_sms.queue.transmitter import PartResult

from .conftest import Ear, Emulate, Ring, outgoing, plain

QUICK = Settings(
    timing=Timing(submit=Delay(0.01), report=Delay(0.02), retry=Delay(0.5), boot=Delay(0.1))
)
LADDER = Ladder(
    attempts=2,
    radio_timeout=0.2,
    reset_timeout=0.2,
    boot_timeout=5.0,
    unheard_boot=0.3,
    settle=0.0,
    quarantine=(0.3, 0.4),
    searching=0.1,
)


@dataclass
class Watch:
    """A BankWatcher that remembers."""

    steps: list[tuple[str, RecoveryStep]] = field(default_factory=list[tuple[str, RecoveryStep]])
    sims: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    replaced: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    alarms: list[tuple[str, Alarm, bool]] = field(default_factory=list[tuple[str, Alarm, bool]])

    def recovery_step(self, label: str, step: RecoveryStep) -> None:
        self.steps.append((label, step))

    def sim_changed(self, label: str, old_iccid: str, new_iccid: str) -> None:
        self.sims.append((label, old_iccid, new_iccid))

    def modem_replaced(self, label: str, old_imei: str, new_imei: str) -> None:
        self.replaced.append((label, old_imei, new_imei))

    def alarm(self, label: str, alarm: Alarm, *, raised: bool) -> None:
        self.alarms.append((label, alarm, raised))

    @property
    def taken(self) -> list[RecoveryStep]:
        return [step for _, step in self.steps]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def banks() -> AsyncIterator[list[Bank[PartResult]]]:
    kept: list[Bank[PartResult]] = []
    yield kept
    for bank in kept:
        await bank.stop(0)


async def start(
    banks: list[Bank[PartResult]],
    ear: Ear,
    watch: Watch,
    *ports: str,
    ladder: Ladder = LADDER,
    power: PowerSwitch | None = None,
    places: Places | None = None,
    memory: Memory | None = None,
    **options: float | str | None,
) -> Bank[PartResult]:
    """A bank with short patience."""
    patience: dict[str, float | str | None] = {
        "submit_timeout": 0.3,
        "prompt_timeout": 0.3,
        "command_timeout": 0.3,
        "probe_timeout": 0.1,
        "recover_timeout": 0.3,
        "late_timeout": 0.0,
    }
    patience |= options
    configs = [
        ModemConfig(port=port, label=f"m{n}", ladder=ladder, **patience)  # type: ignore[arg-type]  # floats
        for n, port in enumerate(ports)
    ]
    bank = Bank(
        configs,
        ear,
        PartResult,
        backoff=Backoff(first=0.05, ceiling=0.2, missing=0.05),
        watcher=watch,
        memory=memory,
        places=places,
        power=power,
    )
    banks.append(bank)
    await bank.start()
    return bank


def power_of(emulated: EmulatedBank) -> Power:
    return Power({}, {"m0": 0}, emulated.control)


ROLES = {"": 2, "at2": 3, "diag": 0, "nmea": 1}


def sysfs(tmp_path: Path, emulated: EmulatedBank, product: str = "9001") -> Path:
    """What the kernel would say of the emulated modems' USB interfaces."""
    ttys = tmp_path / "sys"
    for modem in emulated.control.status().modems:
        device = tmp_path / f"usb{modem.index}"
        device.mkdir()
        (device / "idVendor").write_text("1e0e\n")
        (device / "idProduct").write_text(f"{product}\n")
        for role, port in {"": modem.port, **modem.ttys}.items():
            interface = device / f"1-1:1.{ROLES.get(role, 4)}" / "tty"
            interface.mkdir(parents=True)
            (interface.parent / "bInterfaceNumber").write_text(f"{ROLES.get(role, 4):02}\n")
            tty = ttys / Path(port).resolve().name
            tty.mkdir(parents=True)
            (tty / "device").symlink_to(interface)
    return ttys


async def lost_then_ready(ear: Ear) -> None:
    await ear.until(lambda: ear.lost and ear.ready)


async def test_a_modem_that_hangs_is_brought_back_by_its_power(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], ring: Ring
) -> None:
    emulated = emulate(settings=QUICK)
    bank = await start(banks, ear, watch, *emulated.ports, power=power_of(emulated))
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "hang_after_ctrl_z")
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("unknown", "timeout")]
    await lost_then_ready(ear)
    assert watch.taken == ["escape", "attention", "reopen", "radio", "reset", "power"]
    assert ear.lost == [("m0", "timeout")]
    assert bank.status("m0").recoveries == 6
    assert bank.status("m0").step == ""
    assert plain(list(await bank.submit("m0", outgoing(first=2), ring))) == [("accepted", "")]


async def test_without_a_switch_it_is_quarantined_and_returns_by_itself(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], ring: Ring
) -> None:
    emulated = emulate(settings=QUICK)
    bank = await start(
        banks, ear, watch, *emulated.ports, ladder=Ladder(
            attempts=1, radio_timeout=0.1, reset_timeout=0.1, boot_timeout=0.1, unheard_boot=0.1, quarantine=(0.2,)
        ),
    )  # fmt: skip
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "hang")
    assert plain(list(await bank.submit("m0", outgoing(), ring)))[0][0] == "unsent"
    await ear.until(lambda: bank.status("m0").state == "quarantined")
    assert watch.alarms == [("m0", "quarantined", True)]
    assert watch.taken[-1] == "quarantine"
    assert plain(list(await bank.submit("m0", outgoing(), ring)))[0][0] == "unsent"
    emulated.control.fault(0, "heal")
    await ear.until(lambda: ear.ready)
    assert watch.alarms == [("m0", "quarantined", True), ("m0", "quarantined", False)]
    assert watch.taken.count("quarantine") == 1


async def test_a_quarantined_modem_that_is_plugged_in_anew_is_tried_at_once(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], ring: Ring
) -> None:
    emulated = emulate(settings=QUICK)
    bank = await start(
        banks, ear, watch, *emulated.ports, ladder=Ladder(
            attempts=1, radio_timeout=0.1, reset_timeout=0.1, boot_timeout=0.1, unheard_boot=0.1, quarantine=(3600,)
        ),
    )  # fmt: skip
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "hang")
    await bank.submit("m0", outgoing(), ring)
    await ear.until(lambda: bank.status("m0").state == "quarantined")
    emulated.control.fault(0, Fault("unplug", seconds=0.1))
    await ear.until(lambda: ear.ready)


async def test_a_radio_that_finds_nothing_is_switched_off_and_on(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    emulated = emulate(settings=QUICK)
    await start(banks, ear, watch, *emulated.ports, poll_interval=0.05)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "radio_stuck")
    await lost_then_ready(ear)
    assert watch.taken == ["radio"]


async def test_a_modem_that_refuses_everything_is_restarted(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], ring: Ring
) -> None:
    emulated = emulate(settings=QUICK)
    ladder = Ladder(attempts=2, radio_timeout=0.2, reset_timeout=0.2, boot_timeout=5.0)
    bank = await start(banks, ear, watch, *emulated.ports, ladder=ladder)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "sms_stuck")
    outcomes: list[tuple[str, str]] = []
    async with asyncio.timeout(60):
        for attempt in itertools.count(1):
            outcomes += plain(list(await bank.submit("m0", outgoing(first=attempt), ring)))
            if outcomes[-1] == ("accepted", ""):
                break
            await asyncio.sleep(0.02)
    assert watch.taken == ["radio", "reset"]
    assert {outcome for outcome, _ in outcomes[:-1]} <= {"refused", "unsent"}


async def test_the_second_port_is_used_when_the_first_is_dead(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], ring: Ring,
    tmp_path: Path,
) -> None:  # fmt: skip
    emulated = emulate(settings=Settings(timing=QUICK.timing, persona="simcom-sim7600"))
    places = Places(emulated.directory, tmp_path / "dev", sysfs(tmp_path, emulated))
    bank = await start(banks, ear, watch, *emulated.ports, places=places)
    await ear.until(lambda: ear.ready)
    emulated.control.fault(0, "port_dead")
    await bank.submit("m0", outgoing(), ring)
    await lost_then_ready(ear)
    assert watch.taken == ["escape", "attention", "reopen", "second_port"]
    assert emulated.control.status().modems[0].misused == 0
    assert plain(list(await bank.submit("m0", outgoing(first=2), ring))) == [("accepted", "")]


async def test_modems_at_one_hub_start_and_restart_one_after_another(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    emulated = emulate(3, QUICK)
    places = Places(emulated.directory, tmp_path / "dev", sysfs(tmp_path, emulated))
    (tmp_path / "idVendor").write_text("05e3\n")  # the hub of all three
    began = monotonic()
    bank = await start(
        banks, ear, watch, *emulated.ports, places=places, probe_timeout=1.0, command_timeout=5.0,
        prompt_timeout=5.0, submit_timeout=5.0,
    )  # fmt: skip
    await ear.until(lambda: len(ear.ready) == 3)
    assert monotonic() - began >= 1.0  # two turns of half a second
    turns: list[str] = []

    def turn(hubs: Hubs, port: str) -> float:
        turns.append(port)
        return 0.0

    monkeypatch.setattr(Hubs, "turn", turn)
    emulated.control.fault(0, "sms_stuck")
    for attempt in range(1, 5):
        await bank.submit("m0", outgoing(first=attempt), Ring())
    await ear.until(lambda: "radio" in watch.taken and "m0" in ear.ready)
    assert turns[:2] == [emulated.ports[0]] * 2  # for the radio, then for the port


async def test_what_is_remembered_survives(tmp_path: Path) -> None:
    path = tmp_path / "modems.json"
    first = FileMemory(path)
    first.note_pin("8986001", "4711", "begun")
    first.note_pin("8986002", "4711", "refused")
    again = FileMemory(path)
    assert again.pin_history("8986001", "4711") == "begun"
    assert again.pin_history("8986002", "4711") == "refused"
    assert again.pin_history("8986002", "4712") == "untried"
    assert "4711" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    again.note_pin("8986001", "4711", "untried")
    assert FileMemory(path).pin_history("8986001", "4711") == "untried"
