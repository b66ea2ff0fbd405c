"""What the configuration says of the desk's rules: the floor, the policy's file, the words."""

from __future__ import annotations

from pathlib import Path

from ..policy.filter import Own, WordFilter
from ..policy.rules.builtin import Floor
from .config import Config
from .errors import ConfigError
from .language import _


def floor(config: Config) -> Floor:
    """What no send policy can go below."""
    return Floor(
        approval_above=config.policy.approval_above,
        quiet_hours=config.policy.quiet_hours,
        timezone=config.timezone,
    )


def policy_file(config: Config) -> Path | None:
    """The file of the send policy, if one is configured."""
    return Path(config.policy.send_policy) if config.policy.send_policy else None


def word_files(config: Config) -> list[Path]:
    """The configured word lists."""
    return [Path(name) for name in config.policy.word_lists]


def word_filter(config: Config) -> WordFilter:
    """The built-in words and the configured lists."""
    files = word_files(config)
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        words = _("policy.word_lists: {files} does not exist")
        raise ConfigError(words.format(files=", ".join(missing)))
    return WordFilter.from_files(files, own=Own.of(config.sms.signature, config.sms.own_numbers))
