"""The made-up network: a service centre that accepts, keeps, delivers, replaces and deletes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Protocol

from ..pdu.command import Command
from ..pdu.status_report import StatusReport, encode_status_report
from ..pdu.submit import Submit
from ..pdu.tpdu import Tpdu
from .agenda import Agenda
from .airlog import AirLog
from .control import Inbound
from .inbound import as_received, parts_of
from .outcomes import CONGESTION, DELETED, DOES_NOT_EXIST, REPLACED, Outcomes, Rule, canonical
from .settings import Settings
from .timing import Delay

NUMBER = "+8613800100500"
ZONE = timezone(timedelta(hours=8))
REPLACE_PIDS = range(0x41, 0x48)


class Subscriber(Protocol):
    """A modem as the network sees it. Both return False while it cannot be reached."""

    def deliver(self, tpdu: Tpdu) -> bool:
        """Take an SMS-DELIVER."""
        ...

    def report(self, tpdu: Tpdu, mr: int) -> bool:
        """Take an SMS-STATUS-REPORT about its own TP-MR ``mr``."""
        ...


@dataclass(slots=True)
class Pending:
    """A message the service centre holds."""

    seq: int
    imsi: str
    mr: int
    submit: Submit
    accepted_at: datetime
    statuses: list[int]
    """TP-ST values still to come."""
    wants_report: bool


class Smsc:
    """The service centre of every SIM in the bank."""

    def __init__(self, settings: Settings, agenda: Agenda, air_log: AirLog) -> None:
        self.pending: dict[int, Pending] = {}
        self._outcomes = Outcomes(settings.rules, settings.mix, settings.seed)
        self._settings = settings
        self._agenda = agenda
        self._air_log = air_log
        self._rng = Random(settings.seed)  # noqa: S311 - a simulation
        self._subscribers: dict[str, Subscriber] = {}
        self._numbers: dict[str, str] = {}
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def attach(self, imsi: str, number: str, subscriber: Subscriber) -> None:
        """Make a SIM reachable."""
        self._subscribers[imsi] = subscriber
        self._numbers[canonical(number)] = imsi

    def add_rule(self, rule: Rule) -> None:
        """Decide what becomes of messages to a number from now on."""
        self._outcomes.add(rule)

    def submit(self, imsi: str, mr: int, seq: int, submit: Submit) -> int | None:
        """Take a message; None when accepted, else the CMS code it is refused with."""
        outcome = self._outcomes.choose(submit.destination)
        if outcome.cms is not None:
            self._air_log.outcome(seq, "refused", outcome.cms)
            return outcome.cms
        self._air_log.outcome(seq, "accepted")
        self._replace(imsi, submit)
        self.pending[seq] = Pending(
            seq, imsi, mr, submit, _now(), list(outcome.reports), submit.status_report
        )
        self._later(self._settings.timing.report, lambda: self._attempt(seq))
        return None

    def command(self, imsi: str, mr: int, seq: int, command: Command) -> int | None:
        """Take an SMS-COMMAND; None when accepted, else the CMS code it is refused with."""
        if self._settings.command_cms is not None:
            self._air_log.outcome(seq, "refused", self._settings.command_cms)
            return self._settings.command_cms
        self._air_log.outcome(seq, "accepted")
        status = self._obey(imsi, command)
        if command.status_report:
            self._later(
                self._settings.timing.report,
                lambda: self._report(seq, imsi, mr, command.destination, status, _now(), True),
            )
        return None

    def _obey(self, imsi: str, command: Command) -> int:
        """Do what a command says; the TP-ST to answer it with (3GPP TS 23.040 §9.2.3.19)."""
        found = next(
            (
                held
                for held in reversed(self.pending.values())
                if (held.imsi, held.mr) == (imsi, command.target_mr)
                and canonical(held.submit.destination) == canonical(command.destination)
            ),
            None,
        )
        if found is None:
            return DOES_NOT_EXIST
        if command.kind == "delete":
            self._remove(found, DELETED)
            self._air_log.outcome(found.seq, "deleted")
            return DELETED
        if command.kind in ("cancel_report", "enable_report"):
            found.wants_report = command.kind == "enable_report"
        return CONGESTION

    def _replace(self, imsi: str, submit: Submit) -> None:
        """Drop a pending message that ``submit`` replaces by its TP-PID (23.040 §9.2.3.9)."""
        if submit.pid not in REPLACE_PIDS:
            return
        slot = (imsi, submit.pid, canonical(submit.destination))
        for held in list(self.pending.values()):
            if (held.imsi, held.submit.pid, canonical(held.submit.destination)) == slot:
                self._remove(held, REPLACED)
                self._air_log.outcome(held.seq, "replaced")

    def _remove(self, held: Pending, status: int) -> None:
        """Let go of a message before its delivery, and report that."""
        del self.pending[held.seq]
        if held.wants_report:
            self._later(
                self._settings.timing.report,
                lambda: self._report(
                    held.seq, held.imsi, held.mr, held.submit.destination, status, held.accepted_at
                ),
            )

    def _attempt(self, seq: int) -> None:
        """Try to deliver a message and report how that went."""
        held = self.pending.get(seq)
        if held is None or not held.statuses:
            return
        status = held.statuses.pop(0)
        if held.statuses:
            self._later(self._settings.timing.retry, lambda: self._attempt(seq))
        else:
            del self.pending[seq]
        if status < CONGESTION:
            self._air_log.outcome(seq, "delivered", status)
            self._loop_back(held)
        if held.wants_report:
            self._report(seq, held.imsi, held.mr, held.submit.destination, status, held.accepted_at)

    def _report(
        self,
        seq: int,
        imsi: str,
        mr: int,
        recipient: str,
        status: int,
        accepted_at: datetime,
        for_command: bool = False,
    ) -> None:
        """Hand a status report to the modem, when it is reachable."""
        report = StatusReport(
            mr, recipient, accepted_at, _now(), status, for_command=for_command, smsc=NUMBER
        )
        tpdu = encode_status_report(report)

        def hand_over() -> None:
            if self._subscribers[imsi].report(tpdu, mr):
                self._air_log.outcome(seq, "report", status)
            else:
                self._wait(imsi, hand_over)

        hand_over()

    def inbound(self, imsi: str, message: Inbound) -> None:
        """Let somebody outside the bank send to one of its SIMs. Raises ``PduError``."""
        for tpdu in parts_of(message, _now(), NUMBER, self._rng):
            self._deliver(imsi, tpdu)

    def reachable(self, imsi: str) -> None:
        """A modem is back: hand it what it could not take."""
        for action in self._waiting.pop(imsi, ()):
            action()

    def _loop_back(self, held: Pending) -> None:
        """Deliver to a SIM of the bank what was sent to its number."""
        imsi = self._numbers.get(canonical(held.submit.destination))
        if imsi is not None and held.submit.alphabet != "8bit":
            sender = next(n for n, owner in self._numbers.items() if owner == held.imsi)
            self._deliver(imsi, as_received(held.submit, sender, held.accepted_at, NUMBER))

    def _deliver(self, imsi: str, tpdu: Tpdu) -> None:
        if not self._subscribers[imsi].deliver(tpdu):
            self._wait(imsi, lambda: self._deliver(imsi, tpdu))

    def _wait(self, imsi: str, action: Callable[[], None]) -> None:
        self._waiting.setdefault(imsi, []).append(action)

    def _later(self, delay: Delay, action: Callable[[], None]) -> None:
        """Do something at the network's own pace."""
        self._agenda.after(delay.draw(self._rng) / self._settings.timing.report_speed, action)


def _now() -> datetime:
    return datetime.now(UTC).astimezone(ZONE)
