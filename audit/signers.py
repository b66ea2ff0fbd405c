"""Lasting Ed25519 keys of their own file: a witness's, and the one by which witnesses know a log."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import keyfiles
from .errors import KeysError

LOG_SIGNER = "witness-log.key"
"""In ``data_dir``. Whoever has it can only make a witness refuse the log, which shows."""


def load_signer(path: Path) -> Ed25519PrivateKey:
    """The key in ``path`` (PEM, PKCS 8); made there the first time. Raises :class:`KeysError`."""
    content = keyfiles.read(path)
    if content is None:
        key = Ed25519PrivateKey.generate()
        content = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        keyfiles.create(path, content)
        return key
    try:
        found = serialization.load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeysError(f"{path} holds no unencrypted PEM key") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise KeysError(f"the key in {path} is not an Ed25519 key")
    return found
