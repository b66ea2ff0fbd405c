"""A broadcast through the real gateway on emulated modems, one of which meets a fault."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from estate_sms.gateway.app import running
from estate_sms.gateway.bank import Ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.power import Power
from estate_sms.gateway.sections import PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.config import ModemConfig
from estate_sms.modem.discovery import Places
from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.faults import SENDING, Fault
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.ladder import Ladder
from estate_sms.policy.callers import CLI
from estate_sms.policy.requests import SendRequest
from estate_sms.queue.ledger import Quota

SUBMIT_TIMEOUT = 1.5
"""Seconds after which an answer is late here; on the air 60 to 150."""
SICK = "M1"
_HARMLESS = frozenset({"random_bytes", "echo_on", "storage_full"})
_MOVING = ("queued", "scheduled", "submitting", "held")
_POLL = 0.02
_CALM = 1.5
"""Seconds that messages may wait for a report that will not come any more."""


@dataclass
class Outcome:
    """What one fault did to a broadcast. Times in seconds; None: did not happen."""

    states: Counter[str]
    aired: Counter[str]
    """How often each number's message went on the air."""
    lost_after: float | None = None
    """From the fault to the queue being told."""
    rerouted_after: list[float] = field(default_factory=list[float])
    """From there until each message that was not handed over was on another modem."""
    back_after: float | None = None
    """From the fault (or its end) until the modem took work again."""
    steps: list[str] = field(default_factory=list[str])


@dataclass
class Estate:
    """A running gateway and its emulated bank."""

    gateway: Gateway
    bank: BankProcess
    modems: int

    def state(self, label: str = SICK) -> str:
        return self.gateway.bank.status(label).state

    async def until(self, done: object, patience: float = 60.0) -> float:
        """Poll ``done()``; returns when it became true (``time.monotonic``)."""
        assert callable(done)
        async with asyncio.timeout(patience):
            while not done():  # noqa: ASYNC110 - nothing here to be woken by
                await asyncio.sleep(_POLL / 4)
        return time.monotonic()

    async def all_ready(self) -> None:
        statuses = self.gateway.bank.statuses
        await self.until(
            lambda: sum(s.state in ("ready", "sending") for s in statuses()) == self.modems
        )

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = await self.gateway.house.store.read(
            lambda connection: connection.execute(sql).fetchall()
        )
        return found

    def aired(self) -> list[Aired]:
        return list(read_air_log(self.bank.air_log))

    async def broadcast(
        self, fault: Fault, count: int, *, first: int = 0, heal_after: float | None = None,
        **fields: object,
    ) -> Outcome:  # fmt: skip
        """Send to ``count`` numbers; ``fault`` strikes :data:`SICK` on the way."""
        numbers = [f"+86138{first + n:08d}" for n in range(count)]
        before = len(self.aired())
        steps = await self._steps()
        sending = fault.kind in SENDING
        if sending:
            await asyncio.to_thread(self.bank.control.fault, 0, fault)
        asked = {"text": "今晚停水", "purpose": "service", **fields}
        await self.gateway.desk.send(CLI, SendRequest(to=numbers, **asked))  # type: ignore[arg-type]  # by name
        if not sending:
            await self.until(lambda: len(self.aired()) - before > count // 8)
            await asyncio.to_thread(self.bank.control.fault, 0, fault)
        struck = time.monotonic()
        lost = await self._lost(0.5 if fault.kind in _HARMLESS else SUBMIT_TIMEOUT * 3)
        if heal_after is not None:
            await asyncio.sleep(heal_after)
            await asyncio.to_thread(self.bank.control.fault, 0, "heal")
        healed = time.monotonic() if heal_after is not None else lost or struck
        back = await self.until(lambda: self.state() in ("ready", "sending"))
        states = await self._settled(count)
        aired = [one for one in self.aired() if one.seq >= before and one.kind == "submit"]
        return Outcome(
            states=states,
            aired=_counted(numbers, aired),
            lost_after=None if lost is None else self._since(fault, aired, struck, lost),
            rerouted_after=[] if lost is None else await self._rerouted(lost),
            back_after=None if lost is None else back - healed,
            steps=(await self._steps())[len(steps) :],
        )

    def _since(self, fault: Fault, aired: list[Aired], struck: float, lost: float) -> float:
        """From the message that met the fault, where one did."""
        if fault.kind not in SENDING:
            return lost - struck
        mine = [one.monotonic for one in aired if one.modem == 0 and one.monotonic <= lost]
        return lost - max(mine, default=struck)

    async def _lost(self, patience: float) -> float | None:
        try:
            return await self.until(lambda: self.state() not in ("ready", "sending"), patience)
        except TimeoutError:
            return None

    async def _steps(self) -> list[str]:
        rows = await self.rows(
            "SELECT json_extract(body, '$.step') FROM feed"
            " WHERE topic = 'modem' AND kind = 'recovery' ORDER BY sequence"
        )
        return [str(row[0]) for row in rows]

    async def _settled(self, count: int) -> Counter[str]:
        """The states once nothing waits; reports get a moment more, for a power cut loses some."""
        async with asyncio.timeout(60):
            calm = 0.0
            while True:
                rows = await self.rows(
                    "SELECT state, count(*) FROM message WHERE batch_id ="
                    " (SELECT max(id) FROM batch) GROUP BY state"
                )
                states = Counter({str(state): int(str(n)) for state, n in rows})
                open_ones = sum(states[state] for state in _MOVING)
                if states["submitted"] + open_ones == 0 or calm > _CALM:
                    return states
                calm = 0.0 if open_ones else calm + _POLL
                await asyncio.sleep(_POLL)

    async def _rerouted(self, lost: float) -> list[float]:
        """Hand-overs elsewhere of messages that the sick modem had taken and not begun."""
        offset = time.time() - time.monotonic()
        rows = await self.rows(
            "SELECT min(b.handed_at) FROM attempt a JOIN attempt b"
            " ON b.part_id = a.part_id AND b.id > a.id"
            f" WHERE a.outcome = 'unsent' AND b.handed_at > {int((lost + offset - 5) * 1e6)}"
            " GROUP BY a.part_id"
        )
        return [float(str(row[0])) / 1e6 - offset - lost for row in rows]


def _counted(numbers: list[str], aired: list[Aired]) -> Counter[str]:
    found = Counter(dict.fromkeys(numbers, 0))
    found.update(one.to for one in aired)
    return found


@asynccontextmanager
async def estate(
    tmp_path: Path, modems: int = 8, *, submit: float = 0.02, sim_slots: int = 20
) -> AsyncGenerator[Estate]:
    """A gateway on emulated modems: what takes a minute on the air takes a second here."""
    settings = Settings(
        timing=Timing(
            submit=Delay(submit), report=Delay(0.05), retry=Delay(0.3), boot=Delay(0.3)
        ),
        sim_slots=sim_slots,
    )  # fmt: skip
    bank = await asyncio.to_thread(spawn_bank, modems, tmp_path / "emulator", settings)
    try:
        async with serving(bank, tmp_path) as found:
            yield found
    finally:
        await asyncio.to_thread(bank.stop)


@asynccontextmanager
async def serving(bank: BankProcess, tmp_path: Path) -> AsyncGenerator[Estate]:
    """A gateway with short patience, until it is stopped."""
    labels = [f"M{n + 1}" for n in range(len(bank.ports))]
    configs = tuple(
        ModemConfig(
            port=port,
            label=label,
            submit_timeout=SUBMIT_TIMEOUT,
            prompt_timeout=0.5,
            command_timeout=1.0,
            probe_timeout=0.2,
            recover_timeout=0.5,
            late_timeout=0.5,
            poll_interval=0.5,
            ladder=Ladder(
                attempts=2, radio_timeout=0.3, reset_timeout=0.3, boot_timeout=5.0,
                unheard_boot=0.3, quarantine=(0.5,), searching=30.0,
            ),
        )
        for port, label in zip(bank.ports, labels, strict=True)
    )  # fmt: skip
    ports = Ports(
        configs,
        dict.fromkeys(labels, Quota()),
        Places(bank.directory, tmp_path / "dev", tmp_path / "sys"),
        Power({}, {label: index for index, label in enumerate(labels)}, bank.control),
    )
    config = Config(
        data_dir=str(tmp_path / "data"),
        policy=PolicyConfig(approval_above=10**6, quiet_hours=""),
    )
    async with open_house(config) as house, running(config, house, ports) as gateway:
        found = Estate(gateway, bank, len(labels))
        await found.all_ready()
        yield found
