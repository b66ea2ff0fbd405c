"""The box's keys: the key-encryption key in its generations, and the auditor's public key.

Everything else is derived from the key-encryption key (HKDF-SHA256, RFC 5869) with a label of its
own, or is random and wrapped under a derived key. The labels are frozen: they enter what is on disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import keyfiles
from .errors import KeysError

KEK = "kek"
AUDITOR_PRIVATE = "auditor.key"
AUDITOR_PUBLIC = "auditor.pub"

SUBJECT_WRAP = "estate-sms/subject/wrap/v1"
SUBJECT_BLIND = "estate-sms/subject/blind/v1"
FINGERPRINT = "estate-sms/fingerprint/v1"
AUDIT_HOT = "estate-sms/audit/hot/v1"
AUDIT_SIGNER = "estate-sms/audit/signer/v1"


@dataclass(slots=True)
class Keys:
    """What :meth:`load` found or made. ``warnings`` says what the present keys do not protect.

    Only a rotation changes it: :meth:`begin`, :meth:`activate` and :meth:`retire`, in this order.
    """

    generations: Mapping[int, bytes] = field(repr=False)
    auditor: X25519PublicKey = field(repr=False)
    warnings: tuple[str, ...] = ()
    path: Path | None = None
    """The file that the key-encryption key was read from."""
    _derived: dict[tuple[str, int], bytes] = field(
        default_factory=dict[tuple[str, int], bytes], repr=False, compare=False
    )

    @classmethod
    def load(
        cls, data_dir: Path, kek_file: Path | None = None, auditor_public_key: str | None = None
    ) -> Keys:
        """Read the keys; without the settings make them in ``data_dir``, once.

        ``auditor_public_key`` is PEM, or base64 of the 32 octets of an X25519 key. Raises
        :class:`KeysError`; a key file that was named in the settings is never made up.
        """
        generations, warnings = _load_kek(data_dir, kek_file)
        auditor, more = _load_auditor(data_dir, auditor_public_key)
        path = data_dir / KEK if kek_file is None else kek_file
        return cls(generations, auditor, (*warnings, *more), path)

    @property
    def generation(self) -> int:
        """The generation that wraps what is new."""
        return max(self.generations)

    @property
    def retiring(self) -> tuple[int, ...]:
        """Older generations that are still there, newest first: a rotation is not finished."""
        return tuple(sorted(self.generations, reverse=True)[1:])

    @property
    def replaceable(self) -> bool:
        """Whether this process can write the key file itself."""
        return self.path is not None and keyfiles.writable(self.path)

    def begin(self) -> bytes:
        """The key file of a rotation: every present generation and a new one, already durable.

        Nothing uses the new one before :meth:`activate`. Raises :class:`KeysError`.
        """
        content = keyfiles.with_next(self.generations)
        self._replace(content)
        return content

    def activate(self, content: bytes) -> None:
        """Use the generations in ``content`` from now on. Call it on the store's thread."""
        self.generations = keyfiles.parse_kek(content, self.path or Path(KEK))

    def retire(self) -> None:
        """Destroy every generation but the newest: in the file first, then in memory.

        Call it once nothing is wrapped under them any more. Raises :class:`KeysError`.
        """
        newest = self.generation
        self._replace(keyfiles.encode_kek({newest: self.generations[newest]}))
        self.forget()

    def forget(self) -> None:
        """:meth:`retire` in memory alone, for a file that its keeper has to change."""
        newest = self.generation
        self.generations = {newest: self.generations[newest]}
        for label, generation in list(self._derived):
            if generation != newest:
                self._derived.pop((label, generation), None)

    def _replace(self, content: bytes) -> None:
        if self.path is None:
            raise KeysError("these keys were not read from a file")
        keyfiles.replace(self.path, content)

    def derive(self, label: str, generation: int | None = None) -> bytes:
        """The 256-bit key for ``label``. Raises :class:`KeysError` for an unknown generation."""
        generation = self.generation if generation is None else generation
        key = self._derived.get((label, generation))
        if key is None:
            if generation not in self.generations:
                msg = f"the key-encryption key of generation {generation} is not in the key file"
                raise KeysError(msg)
            key = HKDF(SHA256(), 32, None, label.encode()).derive(self.generations[generation])
            self._derived[label, generation] = key
        return key


def _load_kek(data_dir: Path, kek_file: Path | None) -> tuple[dict[int, bytes], list[str]]:
    path = data_dir / KEK if kek_file is None else kek_file
    content = keyfiles.read(path)
    if content is None:
        if kek_file is not None:
            msg = f"the key file {kek_file} (kek_file) does not exist"
            raise KeysError(msg)
        content = keyfiles.encode_kek({1: os.urandom(keyfiles.KEY_OCTETS)})
        keyfiles.create(path, content)
    warnings: list[str] = []
    if path.resolve().is_relative_to(data_dir.resolve()):
        warnings.append(
            f"the key-encryption key lies beside the database ({path}): whoever takes the disk or "
            "a copy of the directory can read every number and text; move it and set kek_file"
        )
    elif (data_dir / KEK).exists():
        warnings.append(f"a copy of a key-encryption key is still in {data_dir / KEK}; remove it")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        warnings.append(f"the key file {path} can be read by other accounts; chmod it to 0600")
    return keyfiles.parse_kek(content, path), warnings


def _load_auditor(data_dir: Path, configured: str | None) -> tuple[X25519PublicKey, list[str]]:
    private = data_dir / AUDITOR_PRIVATE
    key = keyfiles.parse_public(configured) if configured else _own_auditor(data_dir)
    if not private.exists():
        return key, []
    return key, [
        f"the auditor's private key lies on this machine ({private}): whoever takes the machine can "
        "read the whole log, also what is older than the 35 days it keeps open; give it to the "
        "auditor and remove it here"
    ]


def _own_auditor(data_dir: Path) -> X25519PublicKey:
    """The pair made here: the public half stays, the private one may have been taken away."""
    public = keyfiles.read(data_dir / AUDITOR_PUBLIC)
    if public is not None:
        return keyfiles.parse_public(public.decode("ascii", "replace"))
    content = keyfiles.read(data_dir / AUDITOR_PRIVATE)
    if content is None:
        content = keyfiles.private_pem(X25519PrivateKey.generate())
        keyfiles.create(data_dir / AUDITOR_PRIVATE, content)
    key = keyfiles.parse_private(content).public_key()
    keyfiles.create(data_dir / AUDITOR_PUBLIC, keyfiles.public_pem(key), 0o644)
    return key
