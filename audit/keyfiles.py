"""Key files: made once, durable before use, readable by the service alone.

The key-encryption key's file has a line per generation, ``<generation> <base64 of 32 octets>``;
a file of exactly 32 octets is generation 1. The auditor's keys are PEM (X25519).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from .errors import KeysError

KEY_OCTETS = 32


def read(path: Path) -> bytes | None:
    """The file's content, ``None`` when there is no such file. Raises :class:`KeysError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"cannot read the key file {path}: {error.strerror}"
        raise KeysError(msg) from error


def create(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a new file that is durable, complete and private, or raise :class:`KeysError`.

    Written beside and linked into place: a power cut leaves no half key, and an existing file
    is never replaced.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            os.write(fd, content)
            os.fsync(fd)
        finally:
            os.close(fd)
        os.link(draft, path)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        msg = f"cannot write the key file {path}: {error.strerror}"
        raise KeysError(msg) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def replace(path: Path, content: bytes) -> None:
    """Put ``content`` in the file's place, durably; then overwrite what the old file held.

    A power cut leaves the old file or the new one, whole. Overwriting reaches the old blocks only
    where the file system writes in place. Raises :class:`KeysError`; the old file stays then.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        mode = path.stat().st_mode & 0o777
        old = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
            try:
                os.write(fd, content)
                os.fsync(fd)
            finally:
                os.close(fd)
            draft.replace(path)
            directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
            os.pwrite(old, bytes(os.fstat(old).st_size), 0)
            os.fsync(old)
        finally:
            os.close(old)
    except OSError as error:
        msg = f"cannot replace the key file {path}: {error.strerror}"
        raise KeysError(msg) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def writable(path: Path) -> bool:
    """Whether :func:`replace` may work: file and folder can be written by this account."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def encode_kek(generations: dict[int, bytes]) -> bytes:
    """The text of a key-encryption key's file."""
    lines = [f"{n} {base64.b64encode(key).decode()}\n" for n, key in sorted(generations.items())]
    return "".join(lines).encode()


def with_next(generations: Mapping[int, bytes]) -> bytes:
    """A key file with a new generation beside those that are there."""
    return encode_kek({**generations, max(generations) + 1: os.urandom(KEY_OCTETS)})


def newest_only(generations: Mapping[int, bytes]) -> bytes:
    """A key file with the newest generation alone: for after a rotation."""
    newest = max(generations)
    return encode_kek({newest: generations[newest]})


def parse_kek(content: bytes, path: Path) -> dict[int, bytes]:
    """The generations in a key-encryption key's file. Raises :class:`KeysError`."""
    if len(content) == KEY_OCTETS:
        return {1: content}
    generations: dict[int, bytes] = {}
    try:
        for line in content.decode("ascii").splitlines():
            number, text = line.split()
            key = base64.b64decode(text, validate=True)
            if len(key) != KEY_OCTETS or int(number) < 1 or int(number) in generations:
                raise ValueError
            generations[int(number)] = key
    except (ValueError, binascii.Error):
        generations.clear()
    if not generations:
        msg = f"{path} holds no key: expected lines '<generation> <base64 of 32 octets>'"
        raise KeysError(msg)
    return generations


def private_pem(key: X25519PrivateKey) -> bytes:
    """The auditor's private key as unencrypted PKCS 8 PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: X25519PublicKey) -> bytes:
    """The auditor's public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def parse_public(text: str) -> X25519PublicKey:
    """An auditor's public key: PEM, or base64 of its 32 octets. Raises :class:`KeysError`."""
    try:
        if "BEGIN" in text:
            key = serialization.load_pem_public_key(text.encode())
        else:
            key = X25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        msg = "the auditor's public key is neither PEM nor base64 of 32 octets"
        raise KeysError(msg) from error
    if not isinstance(key, X25519PublicKey):
        msg = "the auditor's public key is not an X25519 key"
        raise KeysError(msg)
    return key


def parse_private(content: bytes) -> X25519PrivateKey:
    """An auditor's private key from PEM. Raises :class:`KeysError`."""
    try:
        key = serialization.load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        msg = "the auditor's private key is not unencrypted PEM"
        raise KeysError(msg) from error
    if not isinstance(key, X25519PrivateKey):
        msg = "the auditor's private key is not an X25519 key"
        raise KeysError(msg)
    return key
