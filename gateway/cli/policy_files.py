"""Send policies in files, as the verbs of ``estate-sms policy`` read them."""

from __future__ import annotations

from pathlib import Path

import click

from ...policy.policies import read
from ...policy.rules import InForce, builtin, in_force
from ...policy.rules.builtin import Floor
from ..config import DEFAULT_PATH
from .failures import plain_errors
from .options import load_config

FILE = click.Path(path_type=Path)


def floor_of(config_path: Path | None) -> Floor:
    """What the configuration asks; where there is none, the defaults."""
    if config_path is None and not DEFAULT_PATH.exists():
        return Floor()
    config = load_config(config_path)
    return Floor(
        approval_above=config.policy.approval_above,
        quiet_hours=config.policy.quiet_hours,
        timezone=config.timezone,
    )


def chosen(config_path: Path | None, file: Path | None) -> InForce:
    """The policy of ``file``, of the configuration, or the built-in one."""
    floor = floor_of(config_path)
    if file is None and (config_path is not None or DEFAULT_PATH.exists()):
        named = load_config(config_path).policy.send_policy
        file = Path(named) if named else None
    if file is None:
        return builtin(floor)
    return read_policy(file, floor)


def read_policy(file: Path, floor: Floor) -> InForce:
    """A file as it would be in force; says in one line why it cannot be."""
    with plain_errors():
        return in_force(read(file), floor, str(file), granted=True)
