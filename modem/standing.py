"""What is known of one modem: its state, who it is, its alarms; and whom to tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from .at.errors import WrongModemError
from .at.opening import Opening
from .config import ModemConfig
from .hubs import Hubs
from .locator import Locator
from .memory import FileMemory, Known, Memory
from .pdu import Deliver, StatusReport
from .power import NoPowerSwitch, PowerSwitch
from .state import Backoff, ModemState, ModemStatus, allowed
from .vendors.generic import GENERIC
from .vendors.profile import VendorProfile
from .watcher import Alarm, RecoveryStep


class Sink(Protocol):
    """Where a worker's news go; called in the modem's thread, must not block."""

    def changed(self, old: ModemStatus, new: ModemStatus) -> None:
        """The status is another one."""
        ...

    def heard(
        self, status: ModemStatus, item: Deliver | StatusReport, done: Callable[[], None] | None
    ) -> None:
        """A message or report; call ``done`` once it is durable."""
        ...

    def late(self, attempt: int, tp_mr: int) -> None:
        """The answer to ``attempt`` after its time-out."""
        ...

    def step(self, label: str, step: RecoveryStep) -> None:
        """See ``BankWatcher.recovery_step``."""
        ...

    def sim_changed(self, label: str, old: str, new: str) -> None:
        """See ``BankWatcher``."""
        ...

    def replaced(self, label: str, old: str, new: str) -> None:
        """See ``BankWatcher.modem_replaced``."""
        ...

    def alarm(self, label: str, alarm: Alarm, raised: bool) -> None:
        """See ``BankWatcher``."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker has at hand beside its port."""

    backoff: Backoff = field(default_factory=Backoff)
    memory: Memory = field(default_factory=FileMemory)
    locator: Locator | None = None
    power: PowerSwitch = field(default_factory=NoPowerSwitch)
    hubs: Hubs = field(default_factory=lambda: Hubs(None))


class Standing:
    """What a worker knows of its modem and tells of it. The modem's thread changes it."""

    def __init__(self, config: ModemConfig, sink: Sink, means: Means) -> None:
        self.config = config
        self.sink = sink
        self.means = means
        self.profile: VendorProfile = GENERIC
        self._alarms: set[Alarm] = set()
        self._status = ModemStatus(label=config.label, port=config.port)

    @property
    def told(self) -> ModemStatus:
        """The status as the sink knows it: no difference is made between ready and sending."""
        return self._status

    def set_status(self, state: ModemState, reason: str = "", **changes: object) -> None:
        """Go to ``state``; the sink hears of it when anything changed."""
        old = self._status
        if not allowed(old.state, state):
            structlog.get_logger().error(
                "modem state skipped", modem=old.label, old=old.state, new=state
            )
        new = replace(old, state=state, reason=reason, **changes)  # type: ignore[arg-type]  # by name
        if new != old:
            self._status = new
            self.sink.changed(old, new)

    def note(self, **changes: object) -> None:
        """Change something else than the state."""
        self.set_status(self._status.state, self._status.reason, **changes)

    def climb(self, step: RecoveryStep) -> None:
        """A recovery step is about to be taken."""
        self.note(step=step, recoveries=self._status.recoveries + 1)
        self.sink.step(self.config.label, step)

    def alarm(self, alarm: Alarm, *, raised: bool) -> None:
        """Raise or clear ``alarm``; told when it changes."""
        if raised != (alarm in self._alarms):
            (self._alarms.add if raised else self._alarms.discard)(alarm)
            self.sink.alarm(self.config.label, alarm, raised)

    def recognise(self, opening: Opening, port: str) -> None:
        """Note who was found behind ``port``. Raises WrongModemError when it is somebody else's."""
        label, memory, identity = self.config.label, self.means.memory, opening.identity
        known = memory.recall(label)
        sim = identity.iccid or identity.imsi
        self._refuse_strangers(identity.imei, known.imei)
        if known.imei and identity.imei and known.imei != identity.imei:
            self.sink.replaced(label, known.imei, identity.imei)
        if known.iccid and known.iccid != sim:
            self.sink.sim_changed(label, known.iccid, sim)
        memory.remember(label, Known(identity.imei or known.imei, sim))
        self.profile = opening.profile
        self.note(
            imei=identity.imei,
            imsi=identity.imsi,
            iccid=identity.iccid,
            smsc=identity.smsc,
            maker=identity.maker,
            model=identity.model,
            can_command=identity.can_command,
            device=port,
            profile=opening.profile.name,
            bearer=opening.bearer,
        )

    def _refuse_strangers(self, imei: str, known: str) -> None:
        if not imei or imei == known:
            return
        if self.config.imei and imei != self.config.imei:
            raise WrongModemError("another IMEI than configured")
        locator = self.means.locator
        if locator is not None and locator.belongs_elsewhere(self.config.label, imei):
            raise WrongModemError("the IMEI of another label")

    def served(self) -> None:
        """The modem got past its opening."""
        self.alarm("quarantined", raised=False)
        self.alarm("pin_refused", raised=False)
