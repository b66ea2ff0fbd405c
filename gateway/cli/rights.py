"""What ``estate-sms privacy`` asks for: over HTTP while a service runs, else in the store itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from ...policy.callers import CLI
from ...store.clock import from_datetime
from ..client import Client
from ..config import Config
from .administration import moment
from .failures import plain_errors
from .session import client, service_runs

T = TypeVar("T")


class Rights(Protocol):
    """The verbs; every answer is what HTTP would carry."""

    def erase(self, number: str, reason: str) -> dict[str, Any]:
        """Restrict or shred."""
        ...

    def erasures(self) -> list[dict[str, Any]]:
        """Requests."""
        ...

    def erasure(self, erasure: str) -> dict[str, Any]:
        """One request."""
        ...

    def report(self, number: str) -> dict[str, Any]:
        """All that is kept."""
        ...

    def correct(self, before: str, after: str, reason: str) -> dict[str, Any]:
        """A changed number."""
        ...

    def ledger(
        self, since: str | None, until: str | None, output: Path, disclosure: str | None
    ) -> None:
        """CSV into a file."""
        ...

    def ask_disclosure(self, since: str | None, until: str | None, purpose: str) -> str:
        """The id of a request."""
        ...

    def disclosures(self) -> list[dict[str, Any]]:
        """Requests."""
        ...

    def rotate(self) -> dict[str, Any]:
        """A new key-encryption key."""
        ...

    def purge(self) -> dict[str, Any]:
        """The night's work."""
        ...

    def sims(self) -> list[dict[str, Any]]:
        """The register."""
        ...

    def register_sim(self, sim: str, holder: str) -> None:
        """Declare."""
        ...

    def retire_sim(self, sim: str) -> None:
        """Take out of use."""
        ...


def rights(config: Config) -> Rights:
    """The right way for now."""
    return Remote(client(config)) if service_runs(config) else Local(config)


class Remote:
    """Asks the running service."""

    def __init__(self, http: Client) -> None:
        self._http = http

    def erase(self, number: str, reason: str) -> dict[str, Any]:
        """Restrict or shred."""
        return self._post("erasures", number=number, reason=reason)

    def erasures(self) -> list[dict[str, Any]]:
        """Requests."""
        return self._items("erasures")

    def erasure(self, erasure: str) -> dict[str, Any]:
        """One request."""
        found: dict[str, Any] = self._http.call("GET", f"/api/v1/privacy/erasures/{erasure}")
        return found

    def report(self, number: str) -> dict[str, Any]:
        """All that is kept."""
        return self._post("reports", number=number)

    def correct(self, before: str, after: str, reason: str) -> dict[str, Any]:
        """A changed number."""
        return self._post("corrections", before=before, after=after, reason=reason)

    def ledger(
        self, since: str | None, until: str | None, output: Path, disclosure: str | None
    ) -> None:
        """CSV into a file."""
        body = {"from": since, "to": until, "disclosure": disclosure}
        self._http.download("/api/v1/privacy/ledger", body, output)

    def ask_disclosure(self, since: str | None, until: str | None, purpose: str) -> str:
        """The id of a request."""
        body = {"from": since, "to": until, "purpose": purpose}
        return str(self._http.call("POST", "/api/v1/privacy/disclosures", body)["id"])

    def disclosures(self) -> list[dict[str, Any]]:
        """Requests."""
        return self._items("disclosures")

    def rotate(self) -> dict[str, Any]:
        """A new key-encryption key."""
        return self._post("key-rotations")

    def purge(self) -> dict[str, Any]:
        """The night's work."""
        return self._post("purges")

    def sims(self) -> list[dict[str, Any]]:
        """The register."""
        return self._items("sims")

    def register_sim(self, sim: str, holder: str) -> None:
        """Declare."""
        self._http.call("POST", "/api/v1/privacy/sims", {"sim": sim, "holder": holder})

    def retire_sim(self, sim: str) -> None:
        """Take out of use."""
        self._http.call("POST", "/api/v1/privacy/sims/retire", {"sim": sim})

    def _post(self, what: str, **body: str) -> dict[str, Any]:
        found: dict[str, Any] = self._http.call("POST", f"/api/v1/privacy/{what}", body or None)
        return found

    def _items(self, what: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._http.call("GET", f"/api/v1/privacy/{what}")["items"]
        return items


class Local:
    """Opens the data directory: no service runs on it."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def erase(self, number: str, reason: str) -> dict[str, Any]:
        """Restrict or shred."""
        return _plain(self._run(lambda door: door.erase(CLI, number, reason)))

    def erasures(self) -> list[dict[str, Any]]:
        """Requests."""
        return [_plain(item) for item in self._run(lambda door: door.erasures(CLI))]

    def erasure(self, erasure: str) -> dict[str, Any]:
        """One request."""
        return _plain(self._run(lambda door: door.erasure(CLI, erasure)))

    def report(self, number: str) -> dict[str, Any]:
        """All that is kept."""
        return _plain(self._run(lambda door: door.report(CLI, number)))

    def correct(self, before: str, after: str, reason: str) -> dict[str, Any]:
        """A changed number."""
        return _plain(self._run(lambda door: door.correct(CLI, before, after, reason)))

    def ledger(
        self, since: str | None, until: str | None, output: Path, disclosure: str | None
    ) -> None:
        """CSV into a file."""

        async def write(door: Any) -> None:  # noqa: ANN401 - Privacy, imported only when needed
            pages = await door.ledger(
                CLI, since=_micros(since), until=_micros(until), disclosure=disclosure
            )
            with output.open("w", encoding="utf-8", newline="") as file:
                async for page in pages:
                    file.write(page)

        self._run(write)

    def ask_disclosure(self, since: str | None, until: str | None, purpose: str) -> str:
        """The id of a request."""
        start, end = _micros(since), _micros(until)
        return str(self._run(lambda door: door.disclosures.ask(CLI, start, end, purpose)))

    def disclosures(self) -> list[dict[str, Any]]:
        """Requests."""
        from ...api.shapes.disclosures import answer

        return [_plain(answer(one)) for one in self._run(lambda door: door.disclosures.list(CLI))]

    def rotate(self) -> dict[str, Any]:
        """A new key-encryption key."""
        return _plain(self._run(lambda door: door.rotate(CLI)))

    def purge(self) -> dict[str, Any]:
        """The night's work."""
        return _plain(self._run(lambda door: door.purge(CLI)))

    def sims(self) -> list[dict[str, Any]]:
        """The register."""
        return [_plain(item) for item in self._run(lambda door: door.sims(CLI))]

    def register_sim(self, sim: str, holder: str) -> None:
        """Declare."""
        self._run(lambda door: door.register_sim(CLI, sim, holder))

    def retire_sim(self, sim: str) -> None:
        """Take out of use."""
        self._run(lambda door: door.retire_sim(CLI, sim))

    def _run(self, verb: Callable[[Any], Awaitable[T]]) -> T:
        from ..house import open_house
        from ..privacy_local import local_privacy

        async def work() -> T:
            async with open_house(self._config) as house:
                return await verb(local_privacy(self._config, house))

        with plain_errors():
            return asyncio.run(work())


def _plain(value: object) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(value), type=dict[str, Any])


def _micros(text: str | None) -> int | None:
    return None if text is None else from_datetime(moment(text))
