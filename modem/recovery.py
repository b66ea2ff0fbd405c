"""Between two sessions: how long to wait, and which rung of the ladder to take."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from .at.errors import PortError
from .diagnosis import Ending
from .discovery import birth
from .ladder import Climb
from .rungs import power_cycled, said
from .vendors.profiles import AUTO
from .watcher import RecoveryStep

if TYPE_CHECKING:
    from .worker import Worker

_SOFT_SIM = frozenset({"no_sim", "no_imsi", "cme:13", "cme:14", "cms:313", "cme:262"})
"""SIM troubles that a bad contact may cause, and that one restart of the radio may end."""
_DRAWS: frozenset[RecoveryStep] = frozenset({"radio", "reset", "power"})
_FOR_THE_DIALOGUE: frozenset[RecoveryStep] = frozenset({"reopen", "second_port"})


class Recovery:
    """One modem's. Runs in its thread."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._climb = Climb(worker.config.ladder)
        self._failures = 0
        self._sibling: str | None = None
        self._last_device = ""
        self._wrong_port = False
        self._sim_toggled = False
        self._patient_until = 0.0
        self._restarted = False

    @property
    def quarantined(self) -> bool:
        """Whether everything was tried in vain."""
        return self._climb.quarantined

    @property
    def restarted(self) -> bool:
        """Whether it was restarted from here and has not served since."""
        return self._restarted

    # -- before a session ---------------------------------------------------------------------

    def device(self) -> str:
        """Where to open the modem now. Raises PortError when it is nowhere."""
        config, locator = self._worker.config, self._worker.means.locator
        if self._sibling is not None and Path(self._sibling).exists():
            found: str | None = self._sibling
        elif config.port != AUTO and not self._wrong_port and _present(config.port):
            found = config.port
        elif locator is not None and "://" not in config.port:
            found = locator.find(config.label, lambda: self._worker.stopping)
            self._wrong_port = False  # look at the configured port too, the next time
        else:
            found = None if config.port == AUTO else config.port
        if found is None:
            raise PortError("no_port")
        self._last_device = found
        self._take_turn()
        return found

    # -- after it -----------------------------------------------------------------------------

    def after(self, ending: Ending) -> None:
        """Wait, or do something about it, until the next session is due."""
        if ending.served is not None:
            self._served(ending.served)
        self._failures += 1
        match ending.trouble:
            case "again":
                self._failures = 0
            case "missing":
                self._missing()
                if ending.reason in ("no_port", "reset"):
                    self._patient_until = monotonic() + self._worker.config.ladder.boot_timeout
            case "blocked":
                self._wrong_port = ending.reason == "wrong_modem"
                self._pause(self._backoff())
            case "sim":
                self._sim(ending.reason)
            case "sick":
                self._sick(self._possible())
            case "ailing":
                self._sick(self._possible() - _FOR_THE_DIALOGUE)

    def _served(self, seconds: float) -> None:
        """A modem that served starts over; one that always fails soon goes on climbing."""
        self._failures = 0
        self._sim_toggled = self._restarted = False
        if seconds >= self._worker.config.ladder.settle:
            self._climb.reset()
            self._sibling = None
        elif self._climb.quarantined:
            self._climb.reset()

    def _missing(self) -> None:
        self._sibling = None
        self._pause(self._worker.means.backoff.delay(self._failures, missing=True))

    def _sim(self, reason: str) -> None:
        if reason in ("pin_wrong", "pin_doubtful"):
            self._worker.alarm("pin_refused", raised=True)
        elif reason in _SOFT_SIM and not self._sim_toggled:
            self._sim_toggled = True
            self._do("radio")
        self._pause(self._backoff())

    def _sick(self, possible: frozenset[RecoveryStep]) -> None:
        if monotonic() < self._patient_until:  # it is still booting
            self._pause(min(self._backoff(), 2.0))
            return
        self._do(self._climb.next(possible))

    def _possible(self) -> frozenset[RecoveryStep]:
        worker = self._worker
        steps: set[RecoveryStep] = {"reopen", "radio", "reset"}
        if worker.means.power.can(worker.config.label):
            steps.add("power")
        locator = worker.means.locator
        if locator is not None and locator.has_sibling(self._last_device):
            steps.add("second_port")
        return frozenset(steps)

    # -- the steps ----------------------------------------------------------------------------

    def _do(self, step: RecoveryStep) -> None:
        if step != "quarantine" or not self._climb.quarantined:
            self._worker.climb(step)
        device, ladder = self._last_device, self._worker.config.ladder
        if step in _DRAWS:
            self._take_turn()
        match step:
            case "second_port":
                self._second_port()
            case "radio":
                said(self._worker, device, ("AT+CFUN=0", "AT+CFUN=1"), ladder.radio_timeout)
            case "reset":
                self._reset()
            case "power":
                if power_cycled(self._worker, device):
                    self._let_boot(ladder.boot_timeout)
            case "quarantine":
                self._quarantine()
            case _:
                self._pause(self._worker.means.backoff.first)

    def _second_port(self) -> None:
        worker, locator = self._worker, self._worker.means.locator
        if locator is not None:
            self._sibling = locator.sibling(
                worker.config.label, self._last_device, lambda: worker.stopping
            )

    def _reset(self) -> None:
        self._sibling = None
        worker, ladder = self._worker, self._worker.config.ladder
        heard = said(worker, self._last_device, worker.profile.resets[:1], ladder.reset_timeout)
        self._let_boot(ladder.boot_timeout if heard else ladder.unheard_boot)

    def _let_boot(self, seconds: float) -> None:
        """It was restarted from here; while it boots it answers nothing: no reason to climb."""
        self._patient_until = monotonic() + seconds
        self._restarted = True
        self._failures = 0

    def _quarantine(self) -> None:
        worker = self._worker
        seconds = self._climb.wait()
        worker.alarm("quarantined", raised=True)
        worker.set_status("quarantined", worker.status.reason)
        self._pause(seconds)

    def _take_turn(self) -> None:
        self._worker.wait(self._worker.means.hubs.turn(self._last_device))

    def _signature(self) -> object:
        """Changes when the modem was pulled, put in anew or came back elsewhere."""
        locator = self._worker.means.locator
        if locator is not None:
            return locator.signature(self._last_device)
        return birth(self._last_device)

    def _backoff(self) -> float:
        return self._worker.means.backoff.delay(self._failures)

    def _pause(self, seconds: float) -> None:
        before = self._signature()
        self._worker.wait(seconds, lambda: self._signature() != before)


def _present(port: str) -> bool:
    return "://" in port or Path(port).exists()
