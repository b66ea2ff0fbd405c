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

from ..estate.retention import Retention
from ..policy.numbers import Number, parse
from ..queue.routes import Route, Routes
from .config_problems import problems
from .errors import ConfigError
from .heard import heard
from .language import _
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
_MISFIT = re.compile(r"Expected `(.+?)`, got `(.+?)`(?: - at `\$\.?(.*?)`)?")
_PLACE = re.compile(r"(.+) \(at line (\d+), column (\d+)\)")


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
    source = str(path) if path else _("the defaults")
    raw = _read(path) if path else {}
    _override(raw, environ)
    _known(raw, Config, source)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise _error(source, _misfit(str(error))) from error
    if found := problems(config):
        raise _error(source, _("; ").join(found))
    return config


def _error(where: str, what: str) -> ConfigError:
    return ConfigError(_("{where}: {what}").format(where=where, what=what))


def _misfit(said: str) -> str:
    """What msgspec says of a value of the wrong type, beginning with its key."""
    if found := _MISFIT.fullmatch(said):
        wanted, got, key = found.groups()
        words = _("{key} is {wanted}, not {got}")
        return words.format(key=key or "[]", wanted=wanted, got=got)
    return said.replace("$.", "")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        words = _("{path} does not exist; write one, or try: estate-sms serve --emulate 4")
        raise ConfigError(words.format(path=path)) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        why = heard(why) if why else _("it is not UTF-8")
        raise ConfigError(_("{path} cannot be read: {why}").format(path=path, why=why)) from error
    except tomllib.TOMLDecodeError as error:
        raise _error(str(path), _not_toml(str(error))) from error


def _not_toml(said: str) -> str:
    """What the parser says, beginning with the place."""
    if found := _PLACE.fullmatch(said):
        what, line, column = found.groups()
        words = _("line {line}, column {column} is not TOML: {what}")
        return words.format(line=line, column=column, what=what)
    return _("not TOML: {what}").format(what=said)


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    """``ESTATE_SMS_HTTP__PORT=8081`` sets ``[http] port``; lists are comma-separated."""
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        section, key = name.removeprefix(PREFIX).lower().partition("__")[::2]
        if key:
            table = raw.setdefault(section, {})
            if isinstance(table, dict):
                table[key] = _typed(_field_type(section, key), value)
        elif section in {f.name for f in msgspec.structs.fields(Config)}:
            raw[section] = value
        elif difflib.get_close_matches(section, Config.__struct_fields__, 1, 0.75):
            near = difflib.get_close_matches(section, Config.__struct_fields__, 1, 0.75)[0]
            words = _("the environment variable {name} names no key; did you mean {near}?")
            raise ConfigError(words.format(name=name, near=near))


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
            words = (
                _("{where}: unknown key {key!r}; did you mean {near}?")
                if near
                else _("{where}: unknown key {key!r}; known: {known}")
            )
            given = {"where": where, "key": key, "near": "".join(near), "known": ", ".join(fields)}
            raise ConfigError(words.format(**given))
        inner = fields[key].type
        tables = cast("list[object]", value) if isinstance(value, list) else [value]
        if args := [a for a in get_args(inner) if isinstance(a, type)]:
            inner = args[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            for table in tables:
                if isinstance(table, dict):
                    _known(cast("dict[str, Any]", table), inner, f"{where} [{key}]")
