"""The configuration: one strict TOML file, each key overridable from the environment."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers

from ..estate.retention import Retention, RetentionError
from ..policy.numbers import NoNumber, Number, parse
from ..queue.routes import Route, Routes
from .errors import ConfigError
from .sections import (
    AlarmsConfig,
    AuditConfig,
    HttpConfig,
    ModemEntry,
    PolicyConfig,
    RetentionConfig,
    RouteEntry,
    SimsConfig,
    SmsConfig,
)

DEFAULT_PATH = Path("/etc/estate-sms/config.toml")
PREFIX = "ESTATE_SMS_"
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_QUIET = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
_PREFIX = re.compile(r"^\+?[0-9]{1,15}$")
_PLMN = re.compile(r"^[0-9]{5,6}$")


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    data_dir: str = "/var/lib/estate-sms"
    timezone: str = "Asia/Shanghai"
    http: HttpConfig = HttpConfig()
    sms: SmsConfig = SmsConfig()
    policy: PolicyConfig = PolicyConfig()
    audit: AuditConfig = AuditConfig()
    retention: RetentionConfig = RetentionConfig()
    sims: SimsConfig = SimsConfig()
    alarms: AlarmsConfig = AlarmsConfig()
    modem: tuple[ModemEntry, ...] = ()
    route: tuple[RouteEntry, ...] = ()

    @property
    def routes(self) -> Routes:
        """``[[route]]``."""
        return Routes([Route(self.e164(r.prefixes), r.operators) for r in self.route])

    def e164(self, prefixes: tuple[str, ...]) -> tuple[str, ...]:
        """Prefixes of numbers; one without plus sign is of ``[sms] region``."""
        code = phonenumbers.country_code_for_region(self.sms.region)
        return tuple(p if p.startswith("+") else f"+{code}{p}" for p in prefixes)

    @property
    def kept(self) -> Retention:
        """``[retention]``'s days. Raises :class:`~..estate.retention.RetentionError`."""
        days = msgspec.structs.asdict(self.retention)
        del days["purge_at"]
        return Retention(**days)

    @property
    def duty_phones(self) -> tuple[str, ...]:
        """``[alarms]``'s numbers as E.164, each once."""
        found = (parse(written, self.sms.region) for written in self.alarms.duty_phones)
        return tuple(dict.fromkeys(n.e164 for n in found if isinstance(n, Number)))

    @property
    def zone(self) -> ZoneInfo:
        """The estate's time zone."""
        return ZoneInfo(self.timezone)


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration of ``path`` (``None``: defaults alone) with overrides from ``environ``.

    Raises :class:`ConfigError` naming file, key and, for an unknown key, the nearest known one.
    """
    source = str(path) if path else "the defaults"
    raw = _read(path) if path else {}
    _override(raw, environ)
    _known(raw, Config, source)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        message = f"{source}: {str(error).replace('$.', '')}"
        raise ConfigError(message) from error
    _check(config, source)
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"{path} does not exist; write one, or try: estate-sms serve --emulate 4"
        raise ConfigError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    """``ESTATE_SMS_HTTP__PORT=8081`` sets ``[http] port``; lists are comma-separated."""
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if key:
            table = raw.setdefault(section, {})
            if isinstance(table, dict):
                table[key] = _typed(_field_type(section, key), value)
        elif section in {f.name for f in msgspec.structs.fields(Config)}:
            raw[section] = value
        elif difflib.get_close_matches(section, Config.__struct_fields__, 1, 0.75):
            near = difflib.get_close_matches(section, Config.__struct_fields__, 1, 0.75)[0]
            raise ConfigError(f"the environment variable {name} names no key; did you mean {near}?")


def _field_type(section: str, key: str) -> Any:  # noqa: ANN401 - whatever the annotation is
    for outer in msgspec.structs.fields(Config):
        if outer.name == section and isinstance(outer.type, type):
            for field in msgspec.structs.fields(outer.type):
                if field.name == key:
                    return field.type
    return str


def _typed(kind: Any, value: str) -> Any:  # noqa: ANN401 - msgspec checks it afterwards
    if kind is bool:
        return {"true": True, "false": False, "1": True, "0": False}.get(value.lower(), value)
    if kind is int or int in get_args(kind):
        return int(value) if value.lstrip("-").isdigit() else value
    if str in get_args(kind):
        return [piece for piece in value.split(",") if piece]
    return value


def _known(raw: Mapping[str, Any], kind: type[msgspec.Struct], where: str) -> None:
    fields = {f.name: f for f in msgspec.structs.fields(kind)}
    for key, value in cast("Mapping[str, object]", raw).items():
        if key not in fields:
            near = difflib.get_close_matches(key, list(fields), 1)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(fields)}"
            raise ConfigError(f"{where}: unknown key {key!r}{hint}")
        inner = fields[key].type
        tables = cast("list[object]", value) if isinstance(value, list) else [value]
        if args := [a for a in get_args(inner) if isinstance(a, type)]:
            inner = args[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            for table in tables:
                if isinstance(table, dict):
                    _known(cast("dict[str, Any]", table), inner, f"{where} [{key}]")


def _check(config: Config, source: str) -> None:
    """What types alone cannot say."""
    problems: list[str] = []
    try:
        _ = config.zone
    except (KeyError, ValueError, OSError):
        problems.append(f"timezone {config.timezone!r} is not an IANA time zone")
    if config.sms.region not in phonenumbers.SUPPORTED_REGIONS:
        problems.append(f"sms.region {config.sms.region!r} is not a region code such as CN")
    if config.policy.quiet_hours and not _QUIET.match(config.policy.quiet_hours):
        problems.append('policy.quiet_hours is written "21:00-08:00", or "" for none')
    if config.policy.approval_above < 0:
        problems.append("policy.approval_above is 0 or more")
    if config.policy.max_queued < 0:
        problems.append("policy.max_queued is 0 or more")
    problems += [
        f"alarms.duty_phones: the number at place {place} is none that can be sent to"
        for place, written in enumerate(config.alarms.duty_phones, 1)
        if isinstance(parse(written, config.sms.region), NoNumber)
    ]
    if config.alarms.per_hour < 1:
        problems.append("alarms.per_hour is 1 or more")
    if config.audit.rotate_days < 0:
        problems.append("audit.rotate_days is 0 or more")
    if not 0 <= config.http.port <= 65_535:
        problems.append("http.port is 0 to 65535")
    if bool(config.http.tls_cert) != bool(config.http.tls_key):
        problems.append("http.tls_cert and http.tls_key go together")
    try:
        _ = config.kept
    except RetentionError as error:
        problems.append(str(error))
    if not _TIME.match(config.retention.purge_at):
        problems.append('retention.purge_at is written "03:30"')
    labels = [entry.label or entry.port for entry in config.modem]
    problems += [
        f"two modems are called {label!r}" for label in {*labels} if labels.count(label) > 1
    ]
    problems += [
        'a [[modem]] with port = "auto" needs a label'
        for entry in config.modem
        if entry.port == "auto" and not entry.label
    ]
    ports = [entry.port for entry in config.modem if entry.port != "auto"]
    problems += [f"two modems use {port!r}" for port in {*ports} if ports.count(port) > 1]
    problems += ["a [[modem]] has an empty port" for port in ports if not port]
    problems += [
        f'route.prefixes are digits, such as "134" or "+86134", not {prefix!r}'
        for entry in config.route
        for prefix in entry.prefixes
        if not _PREFIX.match(prefix)
    ]
    problems += [
        f'route.operators are five or six digits, such as "46000", not {operator!r}'
        for entry in config.route
        for operator in entry.operators
        if not _PLMN.match(operator)
    ]
    prefixes = [prefix for entry in config.route for prefix in config.e164(entry.prefixes)]
    problems += [f"two routes for {p!r}" for p in {*prefixes} if prefixes.count(p) > 1]
    if not all(entry.prefixes and entry.operators for entry in config.route):
        problems.append("a [[route]] needs prefixes and operators")
    if problems:
        raise ConfigError(f"{source}: " + "; ".join(problems))
