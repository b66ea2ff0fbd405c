"""Settings of the emulated bank from a file, for the verbs that start one."""

from __future__ import annotations

from pathlib import Path

from ...modem.emulator.errors import SettingsError
from ...modem.emulator.settings import Settings
from ..errors import GatewayError


def read_settings(path: Path | None) -> Settings | None:
    """The settings in ``path``; ``None`` without one. Raises :class:`GatewayError`."""
    if path is None:
        return None
    try:
        return Settings.from_json(path.read_bytes())
    except SettingsError as error:
        raise GatewayError(f"{path}: {error}") from error
