"""The errors of the emulator."""

from __future__ import annotations

from ..errors import ModemError


class EmulatorError(ModemError):
    """Root of every error the emulator raises."""


class SettingsError(EmulatorError):
    """Settings that cannot be read."""


class ControlError(EmulatorError):
    """A request to the running bank was refused or could not be made."""


class BankStartError(EmulatorError):
    """The bank's process did not come up."""


class AirLogError(EmulatorError):
    """An air log that is not one."""
