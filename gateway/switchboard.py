"""What the bank tells, passed on to the rooms that must know: a ``BankListener``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from ..modem.listener import ModemReady, SeenInbound, SeenReport
from ..modem.state import ModemStatus, masked
from ..modem.watcher import Alarm, RecoveryStep
from ..queue.inbox import InboxSink
from ..queue.reports import ReportSink
from ..store.events import Event
from ..store.store import Store
from ..store.unit import UnitOfWork
from .admission import Admission

_LINGER = 0.25


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
        self._admission: Admission | None = None
        self._writes: set[asyncio.Future[None]] = set()
        self._commanders: set[str] = set()
        self._counted = counted
        self._told: dict[str, tuple[str, ...]] = {}
        self.standing: set[tuple[Alarm, str]] = set()
        """Alarms of the bank that stand, with the modem's label."""
        self._log = structlog.get_logger("modem")

    def connect(self, admission: Admission) -> None:
        """Pass modems on to the lanes, by ``admission``, from now on."""
        self._admission = admission

    def can_command(self, imsi: str) -> bool:
        """Whether the modem that holds this SIM can send SMS-COMMANDs, as last seen."""
        return imsi in self._commanders

    def modem_ready(self, ready: ModemReady) -> None:
        """A modem takes work."""
        if ready.can_command:
            self._commanders.add(ready.imsi)
        else:
            self._commanders.discard(ready.imsi)
        if self._admission is not None:
            self._admission.ready(ready)

    def modem_lost(self, label: str, reason: str) -> None:
        """A modem takes no work."""
        self._log.warning("modem lost", modem=label, reason=reason)
        if self._admission is not None:
            self._admission.lost(label)

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

        written = self._store.submit(unit, linger=_LINGER)
        self._writes.add(written)
        written.add_done_callback(self._written)

    def _written(self, written: asyncio.Future[None]) -> None:
        self._writes.discard(written)
        if not written.cancelled() and (error := written.exception()) is not None:
            self._log.error("modem change not recorded", error=str(error))

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        """A ``+CMGS`` came after its time-out."""
        self._reports.late_reference(attempt, tp_mr)

    def status_report(self, report: SeenReport) -> Awaitable[bool]:
        """Done once the report is durable."""
        return self._reports.status_report(report)

    async def inbound(self, inbound: SeenInbound) -> None:
        """Returns once the part is durable."""
        await self._inbox.inbound(inbound)

    async def close(self, seconds: float) -> None:
        """Wait for what is being written, at most ``seconds``: the bank told its last."""
        self._store.hurry()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*self._writes, return_exceptions=True)
                await self._reports.close()
