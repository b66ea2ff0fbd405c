"""Who switches the modems' power: the operator's commands, or the emulated bank itself."""

from __future__ import annotations

from collections.abc import Mapping

from ..modem.emulator.control import BankControl
from ..modem.emulator.errors import EmulatorError
from ..modem.power import PowerCommand, PowerError


class Power:
    """A ``PowerSwitch`` over both. ``emulated``: index in its bank, by label."""

    def __init__(
        self,
        commands: Mapping[str, str],
        emulated: Mapping[str, int] | None = None,
        control: BankControl | None = None,
    ) -> None:
        self._command = PowerCommand(dict(commands))
        self._emulated = dict(emulated or {})
        self._control = control

    def can(self, label: str) -> bool:
        """Whether this modem's power can be switched."""
        return self._command.can(label) or self._of(label) is not None

    def cycle(self, label: str, device: str) -> None:
        """Off and on again. Raises PowerError."""
        found = self._of(label)
        if found is None:
            self._command.cycle(label, device)
            return
        control, index = found
        try:
            control.power_cycle(index)
        except EmulatorError as error:
            raise PowerError("the emulated bank does not answer") from error

    def _of(self, label: str) -> tuple[BankControl, int] | None:
        index = self._emulated.get(label)
        return None if index is None or self._control is None else (self._control, index)
