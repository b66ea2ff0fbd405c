"""The privacy verbs in the store itself: no service runs on the data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ...policy.callers import CLI
from ...store.clock import from_datetime
from ..config import Config
from .administration import moment
from .failures import plain_errors

T = TypeVar("T")


class Here:
    """Opens the data directory."""

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
