"""The privacy verbs, asked of the running service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..client import Client


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
