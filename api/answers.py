"""What the HTTP layer answers beside the desk's own answers. Times are aware UTC datetimes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..policy.key_rows import KeyInfo
from ..policy.people import PersonInfo
from .times import moment


class QuotaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Use of a soft quota of a SIM."""

    used: int
    limit: int


class ModemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A modem of the bank."""

    id: str
    """Its label: what paths and events name it by."""
    label: str
    state: str
    imei: str | None = None
    """Its last four digits, like the SIM's ICCID."""
    iccid: str | None = None
    operator: str | None = None
    signal: int | None = None
    """``+CSQ``, 0 to 31."""
    signal_dbm: int | None = None
    registration: int | None = None
    """``+CREG``: 1 home, 5 roaming, 6 and 7 for SMS only."""
    can_command: bool | None = None
    """Whether it can ask the SMSC to delete a message (SMS-COMMAND)."""
    reason: str | None = None
    """Why it is not ready."""
    technology: str | None = None
    """``2g``, ``3g`` or ``lte``."""
    smsc: str | None = None
    """The service centre set on the SIM."""
    bearer: int | None = None
    """``+CGSMS``: 0 packet, 1 circuit-switched, 2 packet first, 3 circuit-switched first."""
    profile: str | None = None
    """The vendor profile in force."""
    device: str | None = None
    """The port it was found at."""
    storage_used: int | None = None
    storage_total: int | None = None
    step: str | None = None
    """The recovery step under way."""
    quotas: dict[str, QuotaAnswer] = {}
    """``minute``, ``hour``, ``day``, ``month`` count parts, ``recipients_day`` and
    ``recipients_month`` different recipients; those that are limited. Above its limit: emergencies."""
    gap_seconds: float | None = None
    """Seconds between two messages, learnt from refusals of the operator; 0: none."""
    weight: float | None = None
    """How much the SIM carries beside idle others, by signal and success, above 0 to 1."""
    counters: dict[str, int] = {}


class ModemList(msgspec.Struct, frozen=True):
    """Every modem of the bank."""

    items: list[ModemAnswer]


def masked(identity: str | None) -> str | None:
    """The last four digits of an IMEI or ICCID; what is masked already stays."""
    if not identity or "…" in identity:
        return identity or None
    return f"…{identity[-4:]}" if len(identity) > 4 else "…"


class KeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An API key, without its token."""

    id: str
    name: str
    person: str | None
    """The owner's id; ``null``: the key of a system."""
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewKeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh key with its token, which is shown this once."""

    token: str
    key: KeyAnswer
    waits_for: str | None = None
    """Id of the grant that another person has to decide about first; until then the token is 401."""

    def __repr__(self) -> str:
        """Without the token: a repr may reach a log."""
        return f"NewKeyAnswer(key={self.key.id!r})"


class KeyList(msgspec.Struct, frozen=True):
    """Every key, revoked ones too."""

    items: list[KeyAnswer]


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may submit and decide."""

    id: str
    name: str
    created_at: datetime
    disabled_at: datetime | None


class PersonList(msgspec.Struct, frozen=True):
    """Everyone, disabled ones too."""

    items: list[PersonAnswer]


class OptOutAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A number that does not want messages of a purpose."""

    number: str
    purpose: str
    source: str
    """``reply`` (the holder wrote 退订) or ``desk``."""
    at: datetime

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"OptOutAnswer(purpose={self.purpose!r})"


class OptOutList(msgspec.Struct, frozen=True):
    """Every opt-out."""

    items: list[OptOutAnswer]


class RecallAccepted(msgspec.Struct, frozen=True):
    """The recall that was begun; ``GET /api/v1/recalls/{id}`` tells how it goes."""

    id: str


class LogHead(msgspec.Struct, frozen=True, kw_only=True):
    """The newest signed state of the audit log."""

    size: int
    """Records in the log."""
    root: str
    """Merkle tree hash of them all (RFC 9162), hex."""
    checkpoint: str
    """The signed note (C2SP) over it."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the service lives, or can do its job."""

    status: str
    """``pass`` or ``fail``."""
    reasons: list[str] = []


def key_answer(info: KeyInfo) -> KeyAnswer:
    """The answer that shows ``info``."""
    return KeyAnswer(
        id=info.id,
        name=info.name,
        person=info.person,
        scopes=list(info.scopes),
        created_at=moment(info.created_at),
        expires_at=moment(info.expires_at),
        revoked_at=moment(info.revoked_at),
    )


def person_answer(info: PersonInfo) -> PersonAnswer:
    """The answer that shows ``info``."""
    return PersonAnswer(
        id=info.id,
        name=info.name,
        created_at=moment(info.created_at),
        disabled_at=moment(info.disabled_at),
    )
