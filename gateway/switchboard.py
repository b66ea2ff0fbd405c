"""What the bank tells, passed on to the rooms that must know: a ``BankListener``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Protocol

import structlog

from ..modem.listener import ModemReady, SeenInbound, SeenReport
from ..modem.state import ModemStatus, masked
from ..modem.watcher import Alarm, RecoveryStep
from ..queue.inbox import InboxSink
from ..queue.reports import ReportSink
from ..store.errors import StoreError
from ..store.events import Event
from ..store.store import Store
from ..store.unit import UnitOfWork

_LINGER = 0.25


class Lanes(Protocol):
    """The dispatcher's side of modems that come and go."""

    def modem_ready(self, label: str, imsi: str, *, can_command: bool) -> None:
        """A modem takes work."""

    def modem_lost(self, label: str) -> None:
        """It takes none any more."""


class Register(Protocol):
    """The register of SIMs, as the switchboard needs it."""

    @property
    def required(self) -> bool:
        """Whether a SIM that is not registered must not be used."""
        ...

    async def seen(self, label: str, imei: str, imsi: str, iccid: str) -> bool:
        """Enter what a modem reports; whether its SIM may be used."""
        ...


class Switchboard:
    """One for the process; connected to the lanes once they exist. A ``BankWatcher`` too.

    ``counted`` hears of each recovery step: modem and step.
    """

    def __init__(
        self,
        store: Store,
        reports: ReportSink,
        inbox: InboxSink,
        counted: Callable[[str, str], None] = lambda label, step: None,
    ) -> None:
        self._store = store
        self._reports = reports
        self._inbox = inbox
        self._lanes: Lanes | None = None
        self._writes: set[asyncio.Task[None]] = set()
        self._commanders: set[str] = set()
        self._register: Register | None = None
        self._present: dict[str, ModemReady] = {}
        self._counted = counted
        self._told: dict[str, tuple[str, ...]] = {}
        self.standing: set[tuple[Alarm, str]] = set()
        """Alarms of the bank that stand, with the modem's label."""
        self._log = structlog.get_logger("modem")

    def connect(self, lanes: Lanes) -> None:
        """Pass modems on to ``lanes`` from now on."""
        self._lanes = lanes

    def registered_by(self, register: Register) -> None:
        """Enter SIMs into ``register`` from now on, and ask it whether they may be used."""
        self._register = register

    def can_command(self, imsi: str) -> bool:
        """Whether the modem that holds this SIM can send SMS-COMMANDs, as last seen."""
        return imsi in self._commanders

    def modem_ready(self, ready: ModemReady) -> None:
        """A modem takes work."""
        if ready.can_command:
            self._commanders.add(ready.imsi)
        else:
            self._commanders.discard(ready.imsi)
        if self._register is None:
            self._pass_on(ready)
            return
        self._present[ready.label] = ready
        if not self._register.required:
            self._pass_on(ready)
        self._keep(self._admit(ready, self._register))

    def _pass_on(self, ready: ModemReady) -> None:
        if self._lanes is not None:
            self._lanes.modem_ready(ready.label, ready.imsi, can_command=ready.can_command)

    async def _admit(self, ready: ModemReady, register: Register) -> None:
        """Into the register of SIMs; where only registered ones may send, this decides."""
        try:
            may = await register.seen(ready.label, ready.imei, ready.imsi, ready.iccid)
        except StoreError as error:
            self._log.error("SIM not registered", modem=ready.label, error=str(error))
            may = False
        if not register.required:
            return
        if not may:
            self._log.warning("SIM is not in the register; it is not used", modem=ready.label)
        elif self._present.get(ready.label) is ready:
            self._pass_on(ready)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    def modem_lost(self, label: str, reason: str) -> None:
        """A modem takes no work."""
        self._log.warning("modem lost", modem=label, reason=reason)
        self._present.pop(label, None)
        if self._lanes is not None:
            self._lanes.modem_lost(label)

    def modem_changed(self, status: ModemStatus) -> None:
        """A modem's state or identity changed: into the feed and the record.

        Signal and counters change all the time; they are for the lists and the gauges.
        """
        told = (status.state, status.reason, status.imei, status.iccid)
        if self._told.get(status.label) == told:
            return
        self._told[status.label] = told
        details = {"imei": masked(status.imei), "iccid": masked(status.iccid)}
        self._record(
            status.label,
            f"modem.{status.state}",
            details,
            feed=("modem", status.state, {"reason": status.reason}),
            reason=status.reason,
        )

    def recovery_step(self, label: str, step: RecoveryStep) -> None:
        """A step of the recovery ladder."""
        self._log.warning("modem recovery", modem=label, step=step)
        self._counted(label, step)
        self._record(
            label, "modem.recovery", {"step": step}, feed=("modem", "recovery", {"step": step})
        )

    def sim_changed(self, label: str, old_iccid: str, new_iccid: str) -> None:
        """Another SIM: somebody should know why."""
        sims = {"old": masked(old_iccid), "new": masked(new_iccid)}
        self._log.warning("SIM changed", modem=label)
        self._record(
            label,
            "modem.sim_changed",
            sims,
            feed=("alarm", "sim_changed", {"modem": label, **sims}),
        )

    def modem_replaced(self, label: str, old_imei: str, new_imei: str) -> None:
        """Another device goes by this label."""
        devices = {"old": masked(old_imei), "new": masked(new_imei)}
        self._log.warning("modem replaced", modem=label)
        self._record(
            label,
            "modem.replaced",
            devices,
            feed=("alarm", "modem_replaced", {"modem": label, **devices}),
        )

    def alarm(self, label: str, alarm: Alarm, *, raised: bool) -> None:
        """An alarm of one modem: the watch over all of them raises and clears what stands."""
        self._log.warning("modem alarm", modem=label, alarm=alarm, raised=raised)
        if alarm == "undecodable":  # nothing that ends
            self._record(label, "alarm.raised", {}, feed=("alarm", alarm, {}), result=alarm)
        elif raised:
            self.standing.add((alarm, label))
        else:
            self.standing.discard((alarm, label))

    def _record(
        self,
        label: str,
        action: str,
        details: dict[str, str],
        *,
        feed: tuple[str, str, dict[str, object]],
        reason: str = "",
        result: str = "",
    ) -> None:
        """One feed row and one audit event about a modem, in one transaction."""
        topic, kind, body = feed

        def unit(uow: UnitOfWork) -> None:
            uow.feed(topic, kind, label, body)
            uow.record(
                Event(
                    kind="sys",
                    action=action,
                    object=label,
                    result=result,
                    reason=reason,
                    details=details,
                )
            )

        task = asyncio.get_running_loop().create_task(self._write(unit))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write(self, unit: Callable[[UnitOfWork], None]) -> None:
        try:
            await self._store.write(unit, linger=_LINGER)
        except StoreError as error:
            self._log.error("modem change not recorded", error=str(error))

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        """A ``+CMGS`` came after its time-out."""
        self._reports.late_reference(attempt, tp_mr)

    async def status_report(self, report: SeenReport) -> None:
        """Returns once the report is durable."""
        await self._reports.status_report(report)

    async def inbound(self, inbound: SeenInbound) -> None:
        """Returns once the part is durable."""
        await self._inbox.inbound(inbound)

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._reports.close()
