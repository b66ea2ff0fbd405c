"""Subjects' keys: random, wrapped under the key-encryption key, a few of them kept unwrapped.

Values and wraps are AES-256-GCM (NIST SP 800-38D): a random 96-bit nonce in front, and
``context|subject`` as associated data.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..store.vault import VaultError
from .errors import KeysError
from .keys import SUBJECT_WRAP, Keys

NONCE = 12
_TAG = 16
_KEY = "subject.key"
_KEPT = 2048


class SubjectCiphers:
    """Makes, wraps and unwraps subjects' keys; safe to use from several threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._wrappers: dict[int, AESGCM] = {}
        # By the wrapped key, not by the subject's id: an id that was rolled back may be given to
        # someone else, a wrapped key never is.
        self._kept: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, subject: int) -> tuple[AESGCM, bytes, bytes]:
        """A cipher under a new key, that key wrapped, and 28 random octets more."""
        entropy = os.urandom(32 + NONCE + NONCE + 16)
        key, nonce = entropy[:32], entropy[32 : 32 + NONCE]
        wrapper = self._wrapper(self._keys.generation)
        wrapped = nonce + wrapper.encrypt(nonce, key, _aad(_KEY, subject))
        cipher = AESGCM(key)
        self._keep(wrapped, cipher)
        return cipher, wrapped, entropy[32 + NONCE :]

    def get(self, subject: int, wrapped: bytes, generation: int) -> AESGCM:
        """The cipher under a wrapped key. Raises :class:`VaultError`."""
        with self._lock:
            cipher = self._kept.get(wrapped)
            if cipher is not None:
                self._kept.move_to_end(wrapped)
                return cipher
        cipher = AESGCM(self._unwrap(subject, wrapped, generation))
        self._keep(wrapped, cipher)
        return cipher

    def _unwrap(self, subject: int, wrapped: bytes, generation: int) -> bytes:
        try:
            wrapper = self._wrapper(generation)
            return wrapper.decrypt(wrapped[:NONCE], wrapped[NONCE:], _aad(_KEY, subject))
        except (InvalidTag, KeysError):
            msg = (
                f"the key of subject {subject} does not open: "
                "the key-encryption key does not belong to this database"
            )
            raise VaultError(msg) from None

    def rewrap(self, subject: int, wrapped: bytes, generation: int) -> tuple[AESGCM, bytes]:
        """The cipher and the same key wrapped under the newest generation.

        Raises :class:`VaultError`. The cipher kept for the old wrap is forgotten.
        """
        key = self._unwrap(subject, wrapped, generation)
        nonce = os.urandom(NONCE)
        wrapper = self._wrapper(self._keys.generation)
        self.forget(wrapped)
        return AESGCM(key), nonce + wrapper.encrypt(nonce, key, _aad(_KEY, subject))

    def forget_generations(self) -> None:
        """Drop the wrapping keys of generations that were destroyed."""
        with self._lock:
            for generation in [g for g in self._wrappers if g not in self._keys.generations]:
                del self._wrappers[generation]

    def forget(self, wrapped: bytes) -> None:
        """Keep the key no longer."""
        with self._lock:
            self._kept.pop(wrapped, None)

    def _wrapper(self, generation: int) -> AESGCM:
        wrapper = self._wrappers.get(generation)
        if wrapper is None:
            wrapper = AESGCM(self._keys.derive(SUBJECT_WRAP, generation))
            self._wrappers[generation] = wrapper
        return wrapper

    def _keep(self, wrapped: bytes, cipher: AESGCM) -> None:
        with self._lock:
            self._kept[wrapped] = cipher
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def seal_value(
    cipher: AESGCM, subject: int, context: str, text: str, nonce: bytes | None = None
) -> bytes:
    """``text`` sealed; ``nonce`` is random and fresh, the caller's or one made here."""
    nonce = os.urandom(NONCE) if nonce is None else nonce
    plain = text.encode("utf-8", "surrogatepass")
    return nonce + cipher.encrypt(nonce, plain, _aad(context, subject))


def open_value(cipher: AESGCM, subject: int, context: str, sealed: bytes) -> str:
    """The text in a sealed value. Raises :class:`VaultError`."""
    if len(sealed) < NONCE + _TAG:
        msg = "a sealed value is cut short"
        raise VaultError(msg)
    try:
        plain = cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _aad(context, subject))
    except InvalidTag:
        msg = f"a sealed value of subject {subject} does not open"
        raise VaultError(msg) from None
    return plain.decode("utf-8", "surrogatepass")


def _aad(context: str, subject: int) -> bytes:
    return f"{context}|{subject}".encode()
