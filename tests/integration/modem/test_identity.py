"""Modems that move, SIMs that change, PINs over restarts: on real ptys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from estate_sms.modem.bank import Bank
from estate_sms.modem.config import ModemConfig
from estate_sms.modem.discovery import Places
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.memory import FileMemory, Known
from estate_sms.modem.state import Backoff
from estate_sms.queue.transmitter import PartResult

from .conftest import Ear, Emulate, Ring, outgoing, plain
from .test_recovery import QUICK, Watch, banks, start, sysfs, watch

__all__ = ["banks", "watch"]  # fixtures


def places(directory: Path, tmp_path: Path) -> Places:
    return Places(directory, tmp_path / "dev", tmp_path / "sys")


async def test_auto_finds_each_modem_and_remembers_it(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path
) -> None:
    emulated = emulate(2, QUICK)
    where = places(emulated.directory, tmp_path)
    memory = FileMemory(tmp_path / "modems.json")
    bank = await auto(banks, ear, watch, where, memory, "north", "south")
    await ear.until(lambda: len(ear.ready) == 2)
    found = {status.label: status.imei for status in bank.statuses()}
    assert set(found.values()) == {m.imei for m in emulated.control.status().modems}
    await bank.stop(0)
    again = await auto(
        banks, ear, watch, where, FileMemory(tmp_path / "modems.json"), "south", "north"
    )
    await ear.until(lambda: all(status.state == "ready" for status in again.statuses()))
    assert {status.label: status.imei for status in again.statuses()} == found
    assert watch.replaced == watch.sims == []


async def auto(
    banks: list[Bank[PartResult]],
    ear: Ear,
    watch: Watch,
    where: Places,
    memory: FileMemory,
    *labels: str,
    imei: str = "",
) -> Bank[PartResult]:
    configs = [
        ModemConfig(port="auto", label=label, probe_timeout=0.2, command_timeout=1.0, imei=imei)
        for label in labels
    ]
    backoff = Backoff(first=0.05, ceiling=0.2, missing=0.05)
    bank = Bank(
        configs, ear, PartResult, backoff=backoff, watcher=watch, memory=memory, places=where
    )
    banks.append(bank)
    await bank.start()
    return bank


async def test_a_renumbered_modem_is_bound_again_by_its_imei(
    emulate: Emulate,
    ear: Ear,
    watch: Watch,
    banks: list[Bank[PartResult]],
    tmp_path: Path,
    ring: Ring,
) -> None:
    emulated = emulate(2, QUICK)
    bank = await start(
        banks, ear, watch, *emulated.ports, places=places(emulated.directory, tmp_path)
    )
    await ear.until(lambda: len(ear.ready) == 2)
    before = bank.status("m0")
    emulated.control.fault(0, Fault("renumber", seconds=0.1))
    await ear.until(lambda: ear.lost)
    await ear.until(lambda: "m0" in ear.ready)
    after = bank.status("m0")
    assert (after.imei, after.imsi) == (before.imei, before.imsi)
    assert after.device != before.device
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("accepted", "")]
    assert bank.status("m1").state == "ready"


async def test_two_modems_that_changed_places_keep_their_labels(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path
) -> None:
    emulated = emulate(2, QUICK)
    memory = FileMemory()
    first, second = emulated.control.status().modems
    memory.remember("m0", Known(second.imei, second.iccid))
    memory.remember("m1", Known(first.imei, first.iccid))
    bank = await start(
        banks, ear, watch, *emulated.ports, memory=memory,
        places=places(emulated.directory, tmp_path),
    )  # fmt: skip
    await ear.until(lambda: len(ear.ready) == 2)
    assert bank.status("m0").imei == second.imei
    assert bank.status("m1").imei == first.imei
    assert watch.replaced == []


async def test_another_modem_than_configured_is_refused(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path
) -> None:
    emulated = emulate(1, QUICK)
    config = ModemConfig(port=emulated.ports[0], label="m0", imei="490154203237518")
    bank = Bank([config], ear, PartResult, watcher=watch)
    banks.append(bank)
    await bank.start()
    await ear.until(lambda: bank.status("m0").reason == "wrong_modem")
    assert ear.ready == {}


async def test_a_swapped_sim_is_told_before_it_is_used(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    emulated = emulate(1, QUICK)
    await start(banks, ear, watch, *emulated.ports, poll_interval=0.05)
    await ear.until(lambda: ear.ready)
    old = ear.ready["m0"]
    emulated.control.fault(0, "sim_swap")
    await ear.until(lambda: "m0" in ear.ready and ear.ready["m0"].imsi != old.imsi)
    assert watch.sims == [("m0", old.iccid, ear.ready["m0"].iccid)]
    assert ear.lost


async def test_a_replaced_modem_is_told(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]]
) -> None:
    memory = FileMemory()
    memory.remember("m0", Known("490154203237518", "89860000000000000000"))
    emulated = emulate(1, QUICK)
    await start(banks, ear, watch, *emulated.ports, memory=memory)
    await ear.until(lambda: ear.ready)
    (modem,) = emulated.control.status().modems
    assert watch.replaced == [("m0", "490154203237518", modem.imei)]
    assert [label for label, _, _ in watch.sims] == ["m0"]
    assert memory.recall("m0").imei == modem.imei


async def test_a_wrong_pin_is_not_tried_again_after_a_restart(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path
) -> None:
    emulated = emulate(1, Settings(timing=QUICK.timing, pin="1234"))
    for _ in range(3):
        config = ModemConfig(port=emulated.ports[0], label="m0", pin="9999")
        bank = Bank(
            [config], ear, PartResult, watcher=watch, memory=FileMemory(tmp_path / "modems.json"),
            backoff=Backoff(first=0.02, ceiling=0.02),
        )  # fmt: skip
        await bank.start()
        await ear.until(lambda bank=bank: bank.status("m0").reason == "pin_wrong")  # type: ignore[misc]
        await asyncio.sleep(0.1)  # several openings
        await bank.stop(0)
    right = ModemConfig(port=emulated.ports[0], label="m0", pin="1234")
    bank = Bank([right], ear, PartResult, memory=FileMemory(tmp_path / "modems.json"))
    banks.append(bank)
    await bank.start()
    # Two tries are left of three: with a failed one on the counter nothing is entered.
    await ear.until(lambda: bank.status("m0").reason == "pin_wrong")
    assert [raised for _, alarm, raised in watch.alarms if alarm == "pin_refused"] == [True] * 3


@pytest.mark.parametrize(("tries", "reason"), [(3, ""), (2, "pin_wrong")])
async def test_a_try_nobody_saw_the_end_of_is_repeated_only_with_a_full_counter(
    emulate: Emulate, ear: Ear, banks: list[Bank[PartResult]], tries: int, reason: str
) -> None:
    emulated = emulate(1, Settings(timing=QUICK.timing, pin="1234", pin_tries=tries))
    memory = FileMemory()
    memory.note_pin(emulated.control.status().modems[0].iccid, "1234", "begun")
    config = ModemConfig(port=emulated.ports[0], label="m0", pin="1234")
    bank = Bank([config], ear, PartResult, memory=memory)
    banks.append(bank)
    await bank.start()
    await ear.until(lambda: bank.status("m0").state in ("ready", "no_sim"))
    assert bank.status("m0").reason == reason


async def test_the_at_port_is_found_among_several_and_diag_never_written_to(
    emulate: Emulate, ear: Ear, watch: Watch, banks: list[Bank[PartResult]], tmp_path: Path
) -> None:
    emulated = emulate(2, Settings(timing=QUICK.timing, persona="simcom-sim7600"))
    where = Places(emulated.directory, tmp_path / "dev", sysfs(tmp_path, emulated))
    bank = await auto(banks, ear, watch, where, FileMemory(), "a", "b")
    await ear.until(lambda: len(ear.ready) == 2)
    modems = emulated.control.status().modems
    assert {status.device for status in bank.statuses()} == {modem.port for modem in modems}
    assert [modem.misused for modem in modems] == [0, 0]
    assert {status.profile for status in bank.statuses()} == {"simcom-sim7600"}
