"""What the bank remembers of its modems over a restart: who they are, and PINs that failed."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import structlog

PinHistory = Literal["untried", "begun", "refused"]
"""``begun``: it was sent and power went, or the answer never came."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Known:
    """Who was last seen under a label. Empty: never seen."""

    imei: str = field(default="", repr=False)
    iccid: str = field(default="", repr=False)


class Memory(Protocol):
    """Called from the modems' threads. Writes are durable when they return."""

    def recall(self, label: str) -> Known:
        """Who went by ``label``."""
        ...

    def remember(self, label: str, known: Known) -> None:
        """From now on."""
        ...

    def labels(self) -> dict[str, Known]:
        """Everyone remembered."""
        ...

    def pin_history(self, sim: str, pin: str) -> PinHistory:
        """What became of this PIN on the SIM ``sim`` (an ICCID, or the IMEI around it)."""
        ...

    def note_pin(self, sim: str, pin: str, history: PinHistory) -> None:
        """Remember it; ``untried`` forgets."""
        ...


class FileMemory:
    """A :class:`Memory` in one file, mode 0600, replaced as a whole and synced.

    PINs are kept as salted scrypt digests: enough not to show them. Four digits can be searched
    through by whoever holds the file, as can the configuration beside it, which has them in clear.
    ``None``: remembers until the process ends.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Known] = {}
        self._pins: dict[str, str] = {}
        self._salt = secrets.token_hex(16)
        if path is not None:
            self._load(path)

    def recall(self, label: str) -> Known:
        """See :class:`Memory`."""
        with self._lock:
            return self._known.get(label, Known())

    def remember(self, label: str, known: Known) -> None:
        """See :class:`Memory`."""
        with self._lock:
            if self._known.get(label) != known:
                self._known[label] = known
                self._save()

    def labels(self) -> dict[str, Known]:
        """See :class:`Memory`."""
        with self._lock:
            return dict(self._known)

    def pin_history(self, sim: str, pin: str) -> PinHistory:
        """See :class:`Memory`."""
        digest = self._digest(sim, pin)
        with self._lock:
            return cast("PinHistory", self._pins.get(digest, "untried"))

    def note_pin(self, sim: str, pin: str, history: PinHistory) -> None:
        """See :class:`Memory`."""
        digest = self._digest(sim, pin)
        with self._lock:
            if history == "untried":
                self._pins.pop(digest, None)
            else:
                self._pins[digest] = history
            self._save()

    def _digest(self, sim: str, pin: str) -> str:
        salt = f"{self._salt}/{sim}".encode()
        return hashlib.scrypt(pin.encode(), salt=salt, n=4096, r=8, p=1, dklen=16).hex()

    def _load(self, path: Path) -> None:
        try:
            raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
            self._salt = str(raw["salt"])
            self._known = {
                str(label): Known(str(who["imei"]), str(who["iccid"]))
                for label, who in raw["modems"].items()
            }
            self._pins = {
                str(digest): "refused" if value == "refused" else "begun"
                for digest, value in raw["pins"].items()
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Without it a PIN might be tried a second time; the SIM's own counter still guards it.
            structlog.get_logger().error("modem memory unreadable", error=type(error).__name__)

    def _save(self) -> None:
        if self._path is None:
            return
        body = {
            "version": _VERSION,
            "salt": self._salt,
            "modems": {
                label: {"imei": known.imei, "iccid": known.iccid}
                for label, known in self._known.items()
            },
            "pins": self._pins,
        }
        fresh = self._path.with_name(f".{self._path.name}.new")
        try:
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as stream:
                json.dump(body, stream)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            structlog.get_logger().error("modem memory not written", error=type(error).__name__)
