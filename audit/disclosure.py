"""Which epoch keys a verifier has: disclosed in the file, or opened with an auditor's private key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from .canonical import parse
from .errors import FormatError
from .headers import Opening
from .notes import decode64
from .sealing import WRAP_OCTETS, unwrap_as

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


@dataclass
class EpochKeys:
    """``plain`` and ``wrapped`` are from the file; ``refused`` are epochs the auditor's key opened not."""

    origin: str
    auditor: X25519PrivateKey | None
    plain: dict[int, bytes] = field(default_factory=dict[int, bytes])
    wrapped: dict[int, bytes] = field(default_factory=dict[int, bytes])
    refused: list[int] = field(default_factory=list[int])

    @property
    def shown(self) -> frozenset[int]:
        """Epochs whose bodies the file's table shows."""
        return frozenset(self.plain)

    @property
    def epochs(self) -> set[int]:
        """Epochs for which the file has a key in some form."""
        return {*self.plain, *self.wrapped}

    def __call__(self, epoch: int, opening: Opening) -> bytes | None:
        """The data key of ``epoch``, if it can be had."""
        if epoch in self.plain or self.auditor is None:
            return self.plain.get(epoch)
        for wrap in (opening.wrap, self.wrapped.get(epoch)):
            if wrap is not None:
                try:
                    return unwrap_as(self.auditor, wrap, self.origin, epoch)
                except FormatError:
                    continue
        self.refused.append(epoch)
        return None


def read_keys(data: bytes, origin: str, auditor: X25519PrivateKey | None) -> EpochKeys:
    """The keys in ``keys.json``. Raises :class:`FormatError`."""
    entries = parse(data)
    if not isinstance(entries, list):
        raise FormatError("disclosed keys that are no list")
    keys = EpochKeys(origin, auditor)
    before = 0
    for entry in cast("list[object]", entries):
        if not isinstance(entry, dict):
            raise FormatError("a disclosed key of the wrong form")
        fields = cast("dict[str, object]", entry)
        epoch = fields.get("epoch")
        if type(epoch) is not int or epoch <= before:
            raise FormatError("disclosed keys out of order")
        before = epoch
        if fields.keys() == {"epoch", "key"}:
            keys.plain[epoch] = _octets(fields["key"], 32)
        elif fields.keys() == {"epoch", "wrap"}:
            keys.wrapped[epoch] = _octets(fields["wrap"], WRAP_OCTETS)
        else:
            raise FormatError("a disclosed key of the wrong form")
    return keys


def _octets(value: object, length: int) -> bytes:
    data = decode64(value) if isinstance(value, str) else b""
    if len(data) != length:
        raise FormatError("a disclosed key of the wrong length")
    return data
