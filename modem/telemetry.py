"""How well an open modem is doing: network, signal, SIM; and what follows from it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from .at.errors import ReopenError
from .at.modem import GatewayModem
from .at.network import Network, network
from .at.query import attempt
from .at.sim import check
from .state import REGISTERED
from .vendors.profile import Technology, VendorProfile

if TYPE_CHECKING:
    from .worker import Worker

_SEARCH_INTERVAL = 2.0
_DENIED = 3


class Telemetry:
    """One session's. Runs in the modem's thread."""

    def __init__(self, worker: Worker, modem: GatewayModem, profile: VendorProfile) -> None:
        self._worker = worker
        self._config = worker.config
        self._modem = modem
        self._profile = profile
        self._searching_since: float | None = None

    def ask(self) -> Network:
        """The network as the modem sees it."""
        return network(self._modem, self._config.command_timeout)

    def judge(self, found: Network) -> float:
        """Ready, or searching; the seconds until it should be asked again.

        Raises SimError and ReopenError when searching has a cause that can be dealt with.
        """
        usable = found.registration is None or found.registration in REGISTERED
        denied = found.registration == _DENIED
        self._patience(found.technology)
        self._worker.set_status(
            "ready" if usable else "searching",
            "" if usable else "registration_denied" if denied else "not_registered",
            registration=found.registration,
            signal=found.signal,
            operator=found.operator,
            technology=found.technology or "",
            step="",
        )
        if usable:
            self._searching_since = None
            self._worker.radio_toggles = 0
            return self._config.poll_interval
        self._search(denied=denied)
        return min(self._config.poll_interval, _SEARCH_INTERVAL)

    def check_sim(self) -> None:
        """Whether it is still the SIM the ledger counts for. Raises SimError, ReopenError."""
        if not check(self._modem, self._worker.status.imsi, self._config.command_timeout):
            raise ReopenError("sim_changed")

    def _patience(self, technology: Technology | None) -> None:
        """How long an answer may take follows from how it travels."""
        if self._config.submit_timeout is None:
            self._modem.submit_timeout = self._profile.submit_timeout(technology)

    def _search(self, *, denied: bool) -> None:
        """Without a network: is it the SIM? If not, switch the radio off and on once in a while."""
        self.check_sim()
        now = monotonic()
        since = self._searching_since = self._searching_since or now
        worker = self._worker
        if denied or now - since < self._config.ladder.searching * 2**worker.radio_toggles:
            return
        worker.radio_toggles += 1
        worker.climb("radio")
        timeout = self._config.ladder.radio_timeout
        attempt(self._modem, "AT+CFUN=0", timeout)
        attempt(self._modem, "AT+CFUN=1", timeout)
        raise ReopenError("radio_toggled")
