"""What ``estate-sms privacy`` asks for: over HTTP while a service runs, else in the store itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from ..config import Config
from .rights_here import Here
from .rights_remote import Remote
from .session import client, service_runs


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
    return Remote(client(config)) if service_runs(config) else Here(config)
