"""What the bank tells about its hardware, beside what a ``BankListener`` must handle."""

from __future__ import annotations

from typing import Literal, Protocol

RecoveryStep = Literal[
    "escape", "attention", "reopen", "second_port", "radio", "reset", "power", "quarantine"
]
"""A rung of the recovery ladder, lowest first; see :mod:`.ladder`."""

Alarm = Literal["quarantined", "storage_filling", "undecodable", "pin_refused"]
"""What a person has to look at:

``quarantined``      nothing brought the modem back; it is probed again now and then
``storage_filling``  more than 80 % of its message storage is taken, and cannot be freed
``undecodable``      stored messages that cannot be read had to be dropped
``pin_refused``      the SIM refused its PIN; it is not tried again
"""


class BankWatcher(Protocol):
    """Every call is made on the event loop, must be cheap and must not raise."""

    def recovery_step(self, label: str, step: RecoveryStep) -> None:
        """The bank is about to do this to bring a modem back."""
        ...

    def sim_changed(self, label: str, old_iccid: str, new_iccid: str) -> None:
        """Another SIM than last time; told before :meth:`BankListener.modem_ready`."""
        ...

    def modem_replaced(self, label: str, old_imei: str, new_imei: str) -> None:
        """Another device than last time goes by this label from now on."""
        ...

    def alarm(self, label: str, alarm: Alarm, *, raised: bool) -> None:
        """Raised once, cleared once."""
        ...


class Unwatched:
    """A ``BankWatcher`` that does nothing."""

    def recovery_step(self, label: str, step: RecoveryStep) -> None:
        """Nothing."""

    def sim_changed(self, label: str, old_iccid: str, new_iccid: str) -> None:
        """Nothing."""

    def modem_replaced(self, label: str, old_imei: str, new_imei: str) -> None:
        """Nothing."""

    def alarm(self, label: str, alarm: Alarm, *, raised: bool) -> None:
        """Nothing."""
