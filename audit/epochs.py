"""Epochs: their data keys and signing keys, as rows of ``audit_epoch``.

The signing key of the next epoch is made and announced when an epoch closes. A signing key stays
wrapped on disk until its epoch's closing checkpoint is written, in the same transaction.
"""

from __future__ import annotations

import base64
import sqlite3
from dataclasses import dataclass, field
from datetime import tzinfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from ..store.clock import SECOND
from ..store.sql import load
from .errors import KeysError
from .headers import DAY, RECORDS
from .keys import AUDIT_HOT, AUDIT_SIGNER, Keys
from .sealing import SUITE, commitment, wrap_for
from .times import local_day

_SQL = load(__name__, "log.sql")
MAX_RECORDS = 100_000
"""Records after which an epoch ends, whatever the hour."""
HOT = 35 * 86_400 * SECOND
"""How long this box itself can read an epoch's bodies (microseconds)."""


@dataclass(frozen=True, slots=True)
class OpenEpoch:
    """The epoch that records are sealed in now. ``day`` is the local day it belongs to."""

    number: int
    first_seq: int
    day: tuple[int, int]
    cipher: AESGCM = field(repr=False)

    def over(self, now: int, size: int) -> str:
        """Why it must end before more is sealed into a log of ``size`` records, if it must."""
        if not self.day[0] <= now < self.day[1]:
            return DAY
        return RECORDS if size - self.first_seq >= MAX_RECORDS else ""


def announce(connection: sqlite3.Connection, keys: Keys, epoch: int) -> bytes:
    """Make the signing key of ``epoch``; returns its public half for the closing record."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    wrapped = aes_key_wrap(keys.derive(AUDIT_SIGNER), private.private_bytes_raw())
    connection.execute(_SQL["announce_epoch"], (epoch, public, wrapped, keys.generation))
    return public


def open_epoch(
    connection: sqlite3.Connection,
    keys: Keys,
    origin: str,
    epoch: int,
    first_seq: int,
    now: int,
    zone: tzinfo,
) -> tuple[OpenEpoch, dict[str, str]]:
    """Open the announced ``epoch``; returns it and what its first header declares."""
    signer = signing_key(connection, keys, epoch)
    key = AESGCM.generate_key(256)
    connection.execute(
        _SQL["open_epoch"],
        (
            first_seq,
            aes_key_wrap(keys.derive(AUDIT_SIGNER), signer.private_bytes_raw()),
            aes_key_wrap(keys.derive(AUDIT_HOT), key),
            keys.generation,
            now,
            epoch,
        ),
    )
    connection.execute(_SQL["expire_hot"], (now - HOT,))
    declared = {
        "kc": commitment(key, origin, epoch),
        "pk": signer.public_key().public_bytes_raw(),
        "wrap": wrap_for(keys.auditor, key, origin, epoch),
    }
    opening = {name: base64.b64encode(value).decode() for name, value in declared.items()}
    opened = OpenEpoch(epoch, first_seq, local_day(now, zone), AESGCM(key))
    return opened, {**opening, "suite": SUITE}


def signing_key(connection: sqlite3.Connection, keys: Keys, epoch: int) -> Ed25519PrivateKey:
    """The signing key of an epoch that is not closed for good. Raises :class:`KeysError`."""
    row = connection.execute(_SQL["signer"], (epoch,)).fetchone()
    if row is None or row[0] is None:
        msg = f"the signing key of epoch {epoch} is gone"
        raise KeysError(msg)
    wrapped, generation, public = row
    try:
        raw = aes_key_unwrap(keys.derive(AUDIT_SIGNER, generation), wrapped)
        private = Ed25519PrivateKey.from_private_bytes(raw)
    except (InvalidUnwrap, ValueError) as error:
        msg = (
            f"the signing key of epoch {epoch} does not open: "
            "the key-encryption key does not belong to this database"
        )
        raise KeysError(msg) from error
    if private.public_key().public_bytes_raw() != public:
        msg = f"the signing key of epoch {epoch} is not the one its row names"
        raise KeysError(msg)
    return private


def hot_key(connection: sqlite3.Connection, keys: Keys, epoch: int) -> bytes | None:
    """The epoch's data key while this box may still read it. Raises :class:`KeysError`."""
    row = connection.execute(_SQL["hot"], (epoch,)).fetchone()
    if row is None or row[0] is None:
        return None
    try:
        return aes_key_unwrap(keys.derive(AUDIT_HOT, row[1]), row[0])
    except (InvalidUnwrap, ValueError) as error:
        msg = f"the key of epoch {epoch} does not open under the key-encryption key"
        raise KeysError(msg) from error
