"""Cutting a modem's power: the last thing to try before giving it up."""

from __future__ import annotations

import shlex
import subprocess
from typing import Final, Protocol

from .errors import ModemError

_PATIENCE: Final = 30.0
"""Seconds a power command may take."""


class PowerError(ModemError):
    """The power could not be switched."""


class PowerSwitch(Protocol):
    """Switches modems' power; called in a modem's thread."""

    def can(self, label: str) -> bool:
        """Whether this modem's power can be switched at all."""
        ...

    def cycle(self, label: str, device: str) -> None:
        """Off, a moment, on again; blocks meanwhile. ``device``: the port. Raises PowerError."""
        ...


class NoPowerSwitch:
    """No modem's power can be switched."""

    def can(self, label: str) -> bool:
        """Never."""
        return False

    def cycle(self, label: str, device: str) -> None:
        """Raises PowerError."""
        raise PowerError("no power switch")


class PowerCommand:
    """Runs a command of the operator's, e.g. ``uhubctl -l 1-1 -p 2 -a cycle``.

    ``commands``: by label; split as a shell would, run without one. ``{label}`` and ``{port}`` in
    its words are replaced.
    """

    def __init__(self, commands: dict[str, str], timeout: float = _PATIENCE) -> None:
        self._commands = {
            label: shlex.split(command) for label, command in commands.items() if command.strip()
        }
        self._timeout = timeout

    def can(self, label: str) -> bool:
        """Whether a command is configured for it."""
        return label in self._commands

    def cycle(self, label: str, device: str) -> None:
        """Run the command. Raises PowerError when it fails or takes too long."""
        words = [
            word.replace("{label}", label).replace("{port}", device)
            for word in self._commands.get(label, [])
        ]
        if not words:
            raise PowerError("no power switch")
        try:
            subprocess.run(  # noqa: S603 - the operator's own command
                words,
                check=True,
                timeout=self._timeout,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise PowerError("the power command took too long") from error
        except (OSError, subprocess.CalledProcessError) as error:
            raise PowerError("the power command failed") from error
