"""The composition root: builds the rooms, wires them, starts and stops them in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from ..api.deps import Readiness
from ..api.server import Server
from ..audit.checkpoints import keep_checkpoints
from ..modem.bank import Bank
from ..modem.memory import FileMemory
from ..modem.pdu import segment_count
from ..policy.desk import Desk
from ..policy.filter import Own, WordFilter
from ..policy.keys import Keys
from ..policy.numbers import normalise
from ..policy.operations import Operations, paused_modems
from ..policy.people import People
from ..policy.policies import SendPolicies
from ..policy.replies import Replies
from ..policy.room import Room
from ..policy.rules.builtin import Floor
from ..policy.settings import Settings
from ..policy.terms import Terms
from ..policy.word_lists import WordLists
from ..queue.dispatch import Dispatcher
from ..queue.inbox import InboxSink
from ..queue.priorities import Priority
from ..queue.recall import WITHDRAWN, Ladder
from ..queue.reports import ReportSink
from ..queue.transmitter import PartResult
from ..store.ballast import Ballast
from ..store.errors import StoreError
from ..store.events import Event
from ..store.feed import FeedItem
from .admission import Admission
from .alarms.duty import Duty
from .alarms.watch import AlarmWatch, Sources
from .anchors import Anchoring
from .bank import Ports
from .config import Config
from .effective import record_start
from .errors import ConfigError
from .house import House
from .insight import BankInsight
from .lanes import PausableLanes
from .machine_time import OnMachineTime
from .metrics import Metrics
from .modem_view import ModemView, facts
from .privacy import Privacy
from .switchboard import Switchboard
from .timekeeper import Timekeeper

MODEMS = "modems.json"
"""Where the data directory remembers which modem goes by which label."""
GRACE = 4.0
"""Seconds what is on the air gets at SIGTERM before it is recorded as in doubt."""
_STALL = 10.0
"""Seconds without a turn after which the dispatcher counts as stuck."""
_PROBE = 2.0
"""Seconds between tries to write while the store cannot."""


@dataclass(slots=True)
class Gateway:
    """The rooms of a running gateway."""

    config: Config
    house: House
    ports: Ports
    desk: Desk
    operations: Operations
    keys: Keys
    people: People
    bank: Bank[PartResult]
    dispatcher: Dispatcher
    lanes: PausableLanes
    admission: Admission
    metrics: Metrics
    privacy: Privacy
    ballast: Ballast
    word_lists: WordLists
    view: ModemView
    timekeeper: Timekeeper
    alarms: AlarmWatch
    server: Server | None = None
    closing: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def ready(self) -> Readiness:
        """Whether the main job can be done now, and if not, why."""
        reasons = ["closing"] if self.closing else []
        if not self.house.store.writable:
            reasons.append("store_unwritable")
        if not any(fact.usable for fact in facts(self.bank.statuses(), self.admission.refused)):
            reasons.append("no_modem")
        return Readiness(not reasons, tuple(reasons))

    def alive(self) -> bool:
        """Whether the dispatcher still turns: what the watchdog asks."""
        return asyncio.get_running_loop().time() - self.dispatcher.ticked_at < _STALL

    def background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Keep ``work`` running until the gateway stops."""
        self.tasks.append(asyncio.create_task(work, name=name))


@contextlib.asynccontextmanager
async def running(config: Config, house: House, ports: Ports) -> AsyncGenerator[Gateway]:
    """Everything but HTTP, started; stopped within about five seconds at the end."""
    gateway = _build(config, house, ports)
    log = structlog.get_logger("gateway")
    for warning in house.keys.warnings:
        log.warning(warning)
    await house.store.write(lambda uow: record_start(uow, config))
    await gateway.desk.policies.load(policy_file(config))
    await gateway.word_lists.load()
    recovered = await gateway.dispatcher.start()
    log.info("recovered", **asdict(recovered))
    await gateway.timekeeper.begin()
    try:
        gateway.lanes.start(await house.store.read(paused_modems))
        await gateway.bank.start()
        gateway.background(keep_checkpoints(house.store, house.log), "audit.checkpoints")
        anchoring = Anchoring(house, config, gateway.desk)
        gateway.background(anchoring.keep(), "audit.anchors")
        gateway.background(_probe_store(gateway), "gateway.probe")
        gateway.background(gateway.ballast.keep(), "store.ballast")
        gateway.background(gateway.timekeeper.keep(), "gateway.clock")
        gateway.background(gateway.alarms.run(), "gateway.alarms")
        nightly = gateway.privacy.nightly(config.retention.purge_at, config.zone)
        gateway.background(nightly, "privacy.nightly")
        gateway.background(Terms(house.store).run(), "policy.terms")
        gateway.background(Replies(house.store, house.vault).run(), "policy.replies")
        # What was built so far lives as long as the process: full collections, which would stall
        # the event loop for tens of milliseconds, need not look at it again.
        gc.collect()
        gc.freeze()
        yield gateway
    finally:
        await _stop(gateway)


def _build(config: Config, house: House, ports: Ports) -> Gateway:
    store, vault = house.store, house.vault
    ballast = Ballast(house.data_dir)
    hours = SendPolicies(store, floor(config))
    settings = Settings(
        region=config.sms.region,
        signature=config.sms.signature,
        approval_above=config.policy.approval_above,
        routes=config.routes,
    )

    # Both sides of the bank know each other only through these two questions.
    def can_command(imsi: str) -> bool:
        return board.can_command(imsi)

    ladder = Ladder(vault, can_command, segment_count, config.sms.signature + WITHDRAWN)
    board = Switchboard(
        store,
        ReportSink(store, vault, ladder),
        InboxSink(store, vault, lambda sender: normalise(sender, config.sms.region)),
        lambda label, step: metrics.recovery(label, step),
    )
    bank = Bank(
        ports.modems, board, PartResult, watcher=board,
        memory=FileMemory(house.data_dir / MODEMS), places=ports.places, power=ports.power,
    )  # fmt: skip
    metrics = Metrics(
        store, lambda: facts(bank.statuses(), admission.refused), lambda: house.log.size - 1
    )
    dispatcher = Dispatcher(
        store, vault, OnMachineTime(bank, house.clock), house.data_dir,
        hours=hours, ladder=ladder, observer=metrics, quota=ports.quotas.__getitem__,
        routes=config.routes, insight=BankInsight(bank),
    )  # fmt: skip
    lanes = PausableLanes(dispatcher)
    checked = word_filter(config)
    desk = Desk(
        store, vault, segment_count, checked, hours, settings, ladder,
        clock=house.clock, policies=hours, ballast=ballast, room=Room(store, config.policy.max_queued),
    )  # fmt: skip
    privacy = Privacy(config, house, desk)
    admission = Admission(lanes, privacy.register)
    board.connect(admission)
    store.on_fed(metrics.fed)
    store.on_fed(partial(wake_for, dispatcher))
    keys = Keys(store)
    operations = Operations(
        store, lanes, lambda: frozenset(status.label for status in bank.statuses())
    )
    people = People(store, keys)
    view = ModemView(bank.statuses, dispatcher.status, ports.quotas, metrics, admission.refused)
    timekeeper = Timekeeper(store, house.clock, dispatcher)
    told = config.alarms
    duty = Duty(store, desk, config.duty_phones, told.language, told.per_hour, config.zone)
    sources = Sources(
        statuses=bank.statuses, lanes=dispatcher.status, quotas=view.used,
        standing=lambda: frozenset(board.standing), ballast_given=lambda: ballast.released,
        clock=lambda: house.clock.state,
    )  # fmt: skip
    return Gateway(
        config, house, ports, desk, operations, keys, people, bank, dispatcher, lanes, admission,
        metrics, privacy, ballast, WordLists(store, checked, word_files(config)), view, timekeeper,
        AlarmWatch(store, config.data_dir, sources, duty, metrics.registry),
    )  # fmt: skip


def wake_for(dispatcher: Dispatcher, items: Sequence[FeedItem]) -> None:
    """Tell the dispatcher at once of batches that came to be sent."""
    began = [
        Priority(item.body.get("priority", Priority.EMERGENCY))
        for item in items
        if item.topic == "batch" and item.kind == "sending"
    ]
    if began:
        dispatcher.wake(min(began))


def floor(config: Config) -> Floor:
    """What no send policy can go below."""
    return Floor(
        approval_above=config.policy.approval_above,
        quiet_hours=config.policy.quiet_hours,
        timezone=config.timezone,
    )


def policy_file(config: Config) -> Path | None:
    """The file of the send policy, if one is configured."""
    return Path(config.policy.send_policy) if config.policy.send_policy else None


def word_files(config: Config) -> list[Path]:
    """The configured word lists."""
    return [Path(name) for name in config.policy.word_lists]


def word_filter(config: Config) -> WordFilter:
    """The built-in words and the configured lists."""
    files = word_files(config)
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise ConfigError(f"policy.word_lists: {', '.join(missing)} does not exist")
    return WordFilter.from_files(files, own=Own.of(config.sms.signature, config.sms.own_numbers))


async def _probe_store(gateway: Gateway) -> None:
    """While the store cannot write, try again, so that readiness returns by itself."""
    while True:
        await asyncio.sleep(_PROBE)
        if not gateway.house.store.writable:
            with contextlib.suppress(StoreError):
                await gateway.house.store.write(lambda uow: None)


async def _stop(gateway: Gateway) -> None:
    """New work is refused at once; what is on the air gets :data:`GRACE`; nothing is lost."""
    began = time.monotonic()
    gateway.closing = True
    gateway.desk.close()
    await gateway.dispatcher.stop(GRACE)
    await gateway.bank.stop(0.0)
    for task in gateway.tasks:
        task.cancel()
    await asyncio.gather(*gateway.tasks, return_exceptions=True)
    with contextlib.suppress(StoreError):
        stopped = Event(kind="sys", action="service.stop")
        await gateway.house.store.write(lambda uow: uow.record(stopped))
    seconds = round(time.monotonic() - began, 3)
    structlog.get_logger("gateway").info("stopped", seconds=seconds)
