"""The made-up network: a service centre that accepts, keeps, delivers, replaces and deletes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

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
from .traced import NUMBER, ZONE, Held, Nobody, Subscriber, Traced

REPLACE_PIDS = range(0x41, 0x48)


class Smsc:
    """The service centre of every SIM in the bank."""

    def __init__(self, settings: Settings, agenda: Agenda, air_log: AirLog) -> None:
        self.pending: dict[int, Held] = {}
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

    def detach(self, imsi: str) -> None:
        """A SIM is in no modem any more: what is for it waits."""
        self._subscribers[imsi] = Nobody()

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
        about = Traced(seq, imsi, mr, submit.destination, _now())
        self.hold(Held(about, submit, list(outcome.reports), submit.status_report))
        return None

    def hold(self, held: Held) -> None:
        """Keep a message until its fate is decided."""
        seq = held.about.seq
        self.pending[seq] = held
        self._later(self._settings.timing.report, lambda: self._attempt(seq))

    def fate(self, number: str) -> tuple[int, ...]:
        """The TP-ST values a message to ``number`` meets once accepted."""
        return self._outcomes.choose(number).reports

    def command(self, imsi: str, mr: int, seq: int, command: Command) -> int | None:
        """Take an SMS-COMMAND; None when accepted, else the CMS code it is refused with."""
        if self._settings.command_cms is not None:
            self._air_log.outcome(seq, "refused", self._settings.command_cms)
            return self._settings.command_cms
        self._air_log.outcome(seq, "accepted")
        status = self._obey(imsi, command)
        if command.status_report:
            about = Traced(seq, imsi, mr, command.destination, _now(), for_command=True)
            self.report_later(about, status)
        return None

    def _obey(self, imsi: str, command: Command) -> int:
        """Do what a command says; the TP-ST to answer it with (3GPP TS 23.040 §9.2.3.19)."""
        found = next(
            (
                held
                for held in reversed(self.pending.values())
                if (held.about.imsi, held.about.mr) == (imsi, command.target_mr)
                and canonical(held.about.recipient) == canonical(command.destination)
            ),
            None,
        )
        if found is None:
            return DOES_NOT_EXIST
        if command.kind == "delete":
            self._air_log.outcome(found.about.seq, "deleted", DELETED)
            self._remove(found, DELETED)
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
            about = held.about
            if (about.imsi, held.submit.pid, canonical(about.recipient)) == slot:
                self._air_log.outcome(about.seq, "replaced", REPLACED)
                self._remove(held, REPLACED)

    def _remove(self, held: Held, status: int) -> None:
        """Let go of a message before its delivery, and report that."""
        del self.pending[held.about.seq]
        if held.wants_report:
            self.report_later(held.about, status)

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
            self._report(held.about, status)

    def report_later(self, about: Traced, status: int) -> None:
        """Report at the network's pace."""
        self._later(self._settings.timing.report, lambda: self._report(about, status))

    def _report(self, about: Traced, status: int) -> None:
        """Hand a status report to the modem, when it is reachable, until it is acknowledged."""
        tpdu = encode_status_report(
            StatusReport(
                about.mr,
                about.recipient,
                about.accepted_at,
                _now(),
                status,
                for_command=about.for_command,
                smsc=NUMBER,
            )
        )

        def ended(acknowledged: bool) -> None:
            if acknowledged:
                self._air_log.outcome(about.seq, "report", status)
            else:
                self._wait(about.imsi, hand_over)

        def hand_over() -> None:
            if not self._subscribers[about.imsi].report(tpdu, about.mr, ended):
                ended(False)

        hand_over()

    def inbound(self, imsi: str, message: Inbound) -> None:
        """Let somebody outside the bank send to one of its SIMs. Raises ``PduError``."""
        for tpdu in parts_of(message, _now(), NUMBER, self._rng):
            self._deliver(imsi, tpdu)

    def reachable(self, imsi: str) -> None:
        """A modem is back: hand it what it could not take."""
        for action in self._waiting.pop(imsi, ()):
            action()

    def _loop_back(self, held: Held) -> None:
        """Deliver to a SIM of the bank what was sent to its number."""
        imsi = self._numbers.get(canonical(held.about.recipient))
        if imsi is not None and held.submit.alphabet != "8bit":
            sender = next(n for n, owner in self._numbers.items() if owner == held.about.imsi)
            self._deliver(imsi, as_received(held.submit, sender, held.about.accepted_at, NUMBER))

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
