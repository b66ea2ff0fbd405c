"""People and keys: over HTTP while a service runs, else in the store itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from ...api.answers import key_answer, person_answer
from ...api.shapes.grants import shown
from ...policy.callers import CLI
from ...policy.keys import Keys
from ...policy.people import People
from ...store.clock import from_datetime
from ..client import Client
from ..config import Config
from ..errors import GatewayError
from ..house import open_house
from ..language import _
from .failures import plain_errors
from .session import client, service_runs

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKey:
    """What ``keys create`` asks for; field by field the body of ``POST /api/v1/keys``."""

    name: str
    scopes: list[str]
    person: str | None
    expires_at: str | None
    """RFC 3339."""
    reason: str


class Administration(Protocol):
    """What the verbs ``people`` and ``keys`` need."""

    def add_person(self, name: str) -> dict[str, Any]:
        """Add a person."""
        ...

    def list_people(self) -> list[dict[str, Any]]:
        """Everyone."""
        ...

    def disable_person(self, person: str) -> None:
        """Disable by id or name."""
        ...

    def create_key(self, wanted: WantedKey, *, alone: bool) -> dict[str, Any]:
        """Make a key; the answer holds its token, and ``waits_for`` where it takes two persons."""
        ...

    def list_grants(self) -> list[dict[str, Any]]:
        """Keys that wait for a second person, and those decided about."""
        ...

    def list_keys(self) -> list[dict[str, Any]]:
        """Every key."""
        ...

    def revoke_key(self, key: str) -> None:
        """Revoke by id."""
        ...


def administration(config: Config) -> Administration:
    """The right way for now."""
    return Remote(client(config)) if service_runs(config) else Local(config)


class Remote:
    """Asks the running service."""

    def __init__(self, http: Client) -> None:
        self._http = http

    def add_person(self, name: str) -> dict[str, Any]:
        """Add a person."""
        person: dict[str, Any] = self._http.call("POST", "/api/v1/people", {"name": name})
        return person

    def list_people(self) -> list[dict[str, Any]]:
        """Everyone."""
        items: list[dict[str, Any]] = self._http.call("GET", "/api/v1/people")["items"]
        return items

    def disable_person(self, person: str) -> None:
        """Disable by id or name."""
        self._http.call("POST", f"/api/v1/people/{quote(person, safe='')}/disable")

    def create_key(self, wanted: WantedKey, *, alone: bool) -> dict[str, Any]:
        """Make a key; the answer holds its token."""
        if alone:
            raise GatewayError(_("--alone is for the machine itself: stop the service first"))
        answer = self._http.call("POST", "/api/v1/keys", asdict(wanted))
        return {"token": answer["token"], "waits_for": answer["waits_for"], **answer["key"]}

    def list_grants(self) -> list[dict[str, Any]]:
        """Keys that wait for a second person, and those decided about."""
        items: list[dict[str, Any]] = self._http.call("GET", "/api/v1/keys/grants")["items"]
        return items

    def list_keys(self) -> list[dict[str, Any]]:
        """Every key."""
        items: list[dict[str, Any]] = self._http.call("GET", "/api/v1/keys")["items"]
        return items

    def revoke_key(self, key: str) -> None:
        """Revoke by id."""
        self._http.call("DELETE", f"/api/v1/keys/{quote(key, safe='')}")


class Local:
    """Opens the data directory: no service runs on it."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def add_person(self, name: str) -> dict[str, Any]:
        """Add a person."""
        return _plain(person_answer(self._run(lambda _, people: people.add(CLI, name))))

    def list_people(self) -> list[dict[str, Any]]:
        """Everyone."""
        found = self._run(lambda _, people: people.list(CLI))
        return [_plain(person_answer(info)) for info in found]

    def disable_person(self, person: str) -> None:
        """Disable by id or name."""
        self._run(lambda _, people: people.disable(CLI, person))

    def create_key(self, wanted: WantedKey, *, alone: bool) -> dict[str, Any]:
        """Make a key; the answer holds its token."""
        name, scopes, person, reason = wanted.name, wanted.scopes, wanted.person, wanted.reason
        until = None if wanted.expires_at is None else from_datetime(moment(wanted.expires_at))
        made = self._run(
            lambda keys, _: (
                keys.create_alone(name, scopes, reason, person=person, expires_at=until)
                if alone
                else keys.create(CLI, name, scopes, person=person, expires_at=until, reason=reason)
            )
        )
        return {
            "token": made.token,
            "waits_for": made.waits_for,
            **_plain(key_answer(made.info)),
        }

    def list_grants(self) -> list[dict[str, Any]]:
        """Keys that wait for a second person, and those decided about."""
        return [_plain(shown(one)) for one in self._run(lambda keys, _: keys.grants.list(CLI))]

    def list_keys(self) -> list[dict[str, Any]]:
        """Every key."""
        return [_plain(key_answer(info)) for info in self._run(lambda keys, _: keys.list(CLI))]

    def revoke_key(self, key: str) -> None:
        """Revoke by id."""
        self._run(lambda keys, _: keys.revoke(CLI, key))

    def _run(self, verb: Callable[[Keys, People], Awaitable[T]]) -> T:
        async def work() -> T:
            async with self._rooms() as (keys, people):
                return await verb(keys, people)

        with plain_errors():
            return asyncio.run(work())

    @contextlib.asynccontextmanager
    async def _rooms(self) -> AsyncGenerator[tuple[Keys, People]]:
        async with open_house(self._config) as house:
            keys = Keys(house.store)
            yield keys, People(house.store, keys)


def moment(text: str) -> datetime:
    """An RFC 3339 time with its zone. Raises :class:`GatewayError`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise GatewayError(_("{text!r} is no RFC 3339 time").format(text=text)) from error
    if found.tzinfo is None:
        raise GatewayError(_("{text!r} needs a time zone, e.g. +08:00").format(text=text))
    return found


def _plain(value: object) -> dict[str, Any]:
    """An answer as the JSON that HTTP would carry."""
    return msgspec.json.decode(msgspec.json.encode(value), type=dict[str, Any])
