"""What the calls take beside the desk's own requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone, RFC 3339."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of request bodies: an unknown field is an error."""

    def __repr__(self) -> str:
        """Without values: a repr may reach a log."""
        return f"{type(self).__name__}()"


class ApproveBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``digest`` (hex, from the batch) ties the approval to what was looked at."""

    digest: str | None = None
    reason: str = ""


class ReasonBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why; it goes into the record."""

    reason: str = ""


class PriorityBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The class that what waits is put into, and why."""

    priority: str
    reason: str = ""


class BackupBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the manifest of a backup says."""

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    octets: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
    made_at: Annotated[str, msgspec.Meta(max_length=40)]


class EmptyBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing: a field that would be ignored is an error."""


class PolicyBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A send policy to propose: the text of its file."""

    text: str
    reason: str = ""


class WordListBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word list to propose: the text of a CSV file, or of a TOML file when ``name`` ends so."""

    name: str = "list.csv"
    text: str
    reason: str = ""


class RecallBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, and what to send instead, if anything."""

    reason: str
    correction_text: str | None = None


class NumberBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number, as people write it."""

    number: str


class ErasureBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose data is to be forgotten, and why."""

    number: str
    reason: str = ""


class CorrectionBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's number before and after it changed."""

    before: str
    after: str
    reason: str = ""


class LedgerBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period; or ``disclosure``: one that was allowed, with numbers and texts as they are."""

    from_: Moment | None = msgspec.field(name="from", default=None)
    to: Moment | None = None
    disclosure: str | None = None


class DisclosureBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period whose ledger is wanted in full, and what for."""

    from_: Moment | None = msgspec.field(name="from", default=None)
    to: Moment | None = None
    purpose: str


class SimName(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An IMSI, or the end of the IMSI or ICCID of a SIM that was seen."""

    sim: str


class SimBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SIM and its real-name holder."""

    sim: str
    holder: str


class FilterBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to look through, for a purpose."""

    text: str
    purpose: str


class KeyBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make. ``person`` (id or name) is its owner; without one it is a system's."""

    name: str
    scopes: list[str]
    person: str | None = None
    expires_at: Moment | None = None
    reason: str = ""


class PersonBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to add."""

    name: str


class ExportBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which records to export: all, or a span. ``recipient`` is an X25519 public key; ``sealed``
    puts the whole file into an envelope for it."""

    from_: Moment | None = msgspec.field(name="from", default=None)
    to: Moment | None = None
    recipient: str | None = None
    sealed: bool = False


class AnchorBody(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to anchor the log's newest head outside the box."""

    kind: Literal["sms", "witness", "paper"]
    by: str = ""
    """Who signs the paper."""
