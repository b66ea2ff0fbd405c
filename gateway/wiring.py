"""The rooms of a gateway, wired to each other; nothing runs yet."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..api.deps import Readiness
from ..api.server import Server
from ..modem.bank import Bank
from ..modem.memory import FileMemory
from ..modem.pdu import segment_count
from ..policy.desk import Desk
from ..policy.keys import Keys
from ..policy.numbers import normalise
from ..policy.operations import Operations
from ..policy.people import People
from ..policy.policies import SendPolicies
from ..policy.promises import Promises
from ..policy.room import Room
from ..policy.settings import Settings
from ..policy.word_lists import WordLists
from ..queue.dispatch import Dispatcher
from ..queue.inbox import InboxSink
from ..queue.priorities import Priority
from ..queue.recall import WITHDRAWN, Ladder
from ..queue.reports import ReportSink
from ..queue.transmitter import PartResult
from ..store.ballast import Ballast
from ..store.feed import FeedItem
from .admission import Admission
from .alarms.duty import Duty
from .alarms.watch import AlarmWatch, Sources
from .bank import Ports
from .config import Config
from .house import House
from .insight import BankInsight
from .lanes import PausableLanes
from .machine_time import OnMachineTime
from .metrics import Metrics
from .modem_view import ModemView, facts
from .privacy import Privacy
from .rules import floor, word_files, word_filter
from .switchboard import Switchboard
from .timekeeper import Timekeeper

MODEMS = "modems.json"
"""Where the data directory remembers which modem goes by which label."""
_STALL = 10.0
"""Seconds without a turn after which the dispatcher counts as stuck."""


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
    board: Switchboard
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
    inbox: InboxSink
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


def build(config: Config, house: House, ports: Ports) -> Gateway:
    """Every room, and who knows whom."""
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

    inbox = InboxSink(store, vault, lambda sender: normalise(sender, config.sms.region))
    ladder = Ladder(vault, can_command, segment_count, config.sms.signature + WITHDRAWN)
    board = Switchboard(
        store,
        ReportSink(store, vault, ladder),
        inbox,
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
        promises=Promises(store, hours, dispatcher.capacity),
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
        config, house, ports, desk, operations, keys, people, bank, board, dispatcher, lanes, admission,
        metrics, privacy, ballast, WordLists(store, checked, word_files(config)), view, timekeeper,
        AlarmWatch(store, config.data_dir, sources, duty, metrics.registry), inbox,
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
