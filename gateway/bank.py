"""The configured modems, or the emulated ones, as the bank wants them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..modem.config import ModemConfig, ModemConfigError
from ..modem.discovery import Places
from ..modem.emulator.control import BankControl
from ..modem.emulator.process import BankProcess, spawn_bank
from ..modem.emulator.settings import Settings
from ..modem.power import PowerSwitch
from ..queue.ledger import Quota
from .config import Config
from .errors import ConfigError
from .heard import heard
from .language import _
from .power import Power
from .sections import ModemEntry

REAL_QUOTA = Quota(per_minute=6, per_hour=150, per_day=800)
"""What operators let a personal SIM send without silencing it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The modems to open, and the soft quota of the SIM in each."""

    modems: tuple[ModemConfig, ...]
    quotas: dict[str, Quota]
    places: Places | None = None
    """Where to look for modems that are ``auto`` or moved; None: nowhere."""
    power: PowerSwitch | None = None


@contextlib.asynccontextmanager
async def ports(
    config: Config, emulate: int = 0, settings: Settings | None = None
) -> AsyncGenerator[Ports]:
    """The ports of ``config``, and with ``emulate`` those of as many emulated modems beside them.

    The emulated bank is a child process; it ends with this context. Raises
    :class:`~.errors.ConfigError` when there is no modem at all.
    """
    entries = list(config.modem)
    default = REAL_QUOTA
    async with contextlib.AsyncExitStack() as stack:
        emulated: list[ModemEntry] = []
        control: BankControl | None = None
        if emulate:
            bank = await asyncio.to_thread(
                spawn_bank, emulate, _folder(config), settings or Settings.demo()
            )
            stack.push_async_callback(asyncio.to_thread, bank.stop)
            emulated, control = _entries(bank), bank.control
        if not entries and not emulated:
            raise ConfigError(
                _(
                    "no [[modem]] is configured; add one, or try without: estate-sms serve --emulate 4"
                )
            )
        quotas = {_label(entry): quota_of(entry, default) for entry in entries}
        quotas |= {_label(entry): quota_of(entry, Quota()) for entry in emulated}
        power = Power(
            {_label(entry): entry.power_command for entry in entries},
            {entry.label: index for index, entry in enumerate(emulated)},
            control,
        )
        places = Places() if any("://" not in entry.port for entry in entries) else None
        yield Ports(_configs([*entries, *emulated]), quotas, places, power)


def _folder(config: Config) -> Path:
    return Path(config.data_dir).resolve() / "emulator"


def _entries(bank: BankProcess) -> list[ModemEntry]:
    return [
        ModemEntry(port=port, label=f"E{number + 1:02}") for number, port in enumerate(bank.ports)
    ]


def _label(entry: ModemEntry) -> str:
    return entry.label or entry.port


def quota_of(entry: ModemEntry, default: Quota) -> Quota:
    """The soft quota of the SIM in a modem; what is not set is as in ``default``."""
    limits = asdict(default)
    given = {name: getattr(entry, name) for name in limits}
    return Quota(**limits | {name: n for name, n in given.items() if n is not None})


def _configs(entries: Sequence[ModemEntry]) -> tuple[ModemConfig, ...]:
    try:
        return tuple(
            ModemConfig(
                port=entry.port, label=_label(entry), baudrate=entry.baudrate,
                pin=entry.pin or None, imei=entry.imei, profile=entry.profile,
                smsc=entry.smsc, switches=entry.switches, submit_timeout=entry.submit_timeout,
                reject_calls=entry.reject_calls,
            )
            for entry in entries
        )  # fmt: skip
    except ModemConfigError as error:
        raise ConfigError(heard(str(error))) from error
