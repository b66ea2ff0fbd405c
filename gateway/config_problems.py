"""What is wrong with a configuration that its types alone cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import phonenumbers

from ..estate.retention import RetentionError
from ..policy.numbers import NoNumber, parse
from .heard import heard
from .language import _

if TYPE_CHECKING:
    from .config import Config

_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_QUIET = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
_PREFIX = re.compile(r"^\+?[0-9]{1,15}$")
_PLMN = re.compile(r"^[0-9]{5,6}$")


def problems(config: Config) -> list[str]:
    """Each in the reader's words, with its key."""
    found = [*_place(config), *_http(config), *_policy(config), *_alarms(config)]
    return [*found, *_records(config), *_modems(config), *_routes(config)]


def _place(config: Config) -> Iterator[str]:
    try:
        config.zone  # noqa: B018 - whether there is one
    except (KeyError, ValueError, OSError):
        yield _("timezone {zone!r} is not an IANA time zone").format(zone=config.timezone)
    if config.sms.region not in phonenumbers.SUPPORTED_REGIONS:
        yield _("sms.region {region!r} is not a region code such as CN").format(
            region=config.sms.region
        )


def _http(config: Config) -> Iterator[str]:
    if not 0 <= config.http.port <= 65_535:
        yield _("{key} is {least} to {most}").format(key="http.port", least=0, most=65_535)
    if bool(config.http.tls_cert) != bool(config.http.tls_key):
        yield _("http.tls_cert and http.tls_key go together")


def _policy(config: Config) -> Iterator[str]:
    if config.policy.quiet_hours and not _QUIET.match(config.policy.quiet_hours):
        yield _('policy.quiet_hours is written "21:00-08:00", or "" for none')
    yield from _least("policy.approval_above", config.policy.approval_above, 0)
    yield from _least("policy.max_queued", config.policy.max_queued, 0)


def _alarms(config: Config) -> Iterator[str]:
    words = _("alarms.duty_phones: the number at place {place} is none that can be sent to")
    for place, written in enumerate(config.alarms.duty_phones, 1):
        if isinstance(parse(written, config.sms.region), NoNumber):
            yield words.format(place=place)
    yield from _least("alarms.per_hour", config.alarms.per_hour, 1)


def _records(config: Config) -> Iterator[str]:
    yield from _least("audit.rotate_days", config.audit.rotate_days, 0)
    try:
        config.kept  # noqa: B018 - whether it may be so
    except RetentionError as error:
        yield heard(str(error))
    if not _TIME.match(config.retention.purge_at):
        yield _('retention.purge_at is written "03:30"')


def _modems(config: Config) -> Iterator[str]:
    labels = [entry.label or entry.port for entry in config.modem]
    for label in _twice(labels):
        yield _("two modems are called {label!r}").format(label=label)
    if any(entry.port == "auto" and not entry.label for entry in config.modem):
        yield _('a [[modem]] with port = "auto" needs a label')
    ports = [entry.port for entry in config.modem if entry.port != "auto"]
    for port in _twice(ports):
        yield _("two modems use {port!r}").format(port=port)
    if not all(ports):
        yield _("a [[modem]] has an empty port")


def _routes(config: Config) -> Iterator[str]:
    words = _('route.prefixes are digits, such as "134" or "+86134", not {prefix!r}')
    for entry in config.route:
        for prefix in entry.prefixes:
            if not _PREFIX.match(prefix):
                yield words.format(prefix=prefix)
    words = _('route.operators are five or six digits, such as "46000", not {operator!r}')
    for entry in config.route:
        for operator in entry.operators:
            if not _PLMN.match(operator):
                yield words.format(operator=operator)
    for prefix in _twice([p for entry in config.route for p in config.e164(entry.prefixes)]):
        yield _("two routes for {prefix!r}").format(prefix=prefix)
    if not all(entry.prefixes and entry.operators for entry in config.route):
        yield _("a [[route]] needs prefixes and operators")


def _least(key: str, value: int, least: int) -> Iterator[str]:
    if value < least:
        yield _("{key} is {least} or more").format(key=key, least=least)


def _twice(given: Sequence[str]) -> list[str]:
    """Those that are there more than once, in order."""
    return [each for each in dict.fromkeys(given) if given.count(each) > 1]
