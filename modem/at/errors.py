"""What can go wrong in the dialogue with one modem.

Refusals by the modem stay the library's ``CommandError``, ``CmeError``, ``CmsError`` and its
silence ``TimeoutException``, because the library's own properties raise and expect them.
"""

from __future__ import annotations

from ..errors import ModemError


class ModemLost(ModemError):
    """The port is gone: unplugged, closed, or the other end hung up. ``code``: ``lost``, ``reset``."""

    def __init__(self, message: str, code: str = "lost") -> None:
        super().__init__(message)
        self.code = code


class ModemStopped(ModemError):
    """The bank is stopping and does not wait for the answer any longer."""


class PortError(ModemError):
    """The port cannot be opened. ``code``: ``no_port``, ``busy``, ``denied``, ``port``."""

    def __init__(self, code: str) -> None:
        super().__init__(f"port cannot be opened: {code}")
        self.code = code


class SimError(ModemError):
    """The SIM cannot be used. ``code``: ``no_sim``, ``pin``, ``pin_wrong``, ``puk``, ``cme:13`` …"""

    def __init__(self, code: str) -> None:
        super().__init__(f"SIM not usable: {code}")
        self.code = code


class NoModemError(ModemError):
    """The port opens but nothing behind it answers ``AT``."""


class WrongModemError(ModemError):
    """The modem behind the port is another one than the label stands for."""


class ReopenError(ModemError):
    """The dialogue must begin anew. ``code``: ``sim_changed``, ``radio_toggled``."""

    def __init__(self, code: str) -> None:
        super().__init__(f"reopen: {code}")
        self.code = code


class AilingError(ModemError):
    """The modem talks and does not do its work. ``code``: ``refuses``."""

    def __init__(self, code: str) -> None:
        super().__init__(f"ailing: {code}")
        self.code = code
