"""Bytes from a modem to lines and prompts. Pure: no I/O, no clock.

CR and LF both end a line and blank lines vanish, so ``\\r\\n``, ``\\r\\r\\n`` (SIMCom, ZTE) and a bare
``\\r`` are the same. Any chunking of the same bytes gives the same tokens.
"""

from __future__ import annotations

import re
from typing import Final

PROMPT: Final = "> "
"""The token for the prompt of a pending command (3GPP TS 27.005 §3.5.1). No line looks like it:
lines carry no outer spaces."""

MAX_LINE: Final = 8192
"""Octets of one line. The longest honest one is a list of supported commands, about 3 kB."""

_LINE_END = re.compile(rb"[\r\n]")
_NUL = b"\x00"
_EDGES = bytes(range(0x21)) + bytes(range(0x7F, 0x100))
"""No AT line starts or ends with these: white space, control octets, line noise."""


class Lexer:
    """Splits what arrives: :meth:`push` octets, then :meth:`take` tokens until there is none."""

    __slots__ = ("_armed", "_buffer", "_overlong", "_scanned")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self._overlong = False
        self._armed = False

    def push(self, data: bytes) -> None:
        """Add octets. Memory stays bounded as long as the tokens are taken after each push."""
        self._buffer += data.replace(_NUL, b"")

    def take(self) -> str | None:
        """The next line (latin-1, without noise at its edges) or prompt; None: not complete yet."""
        buffer = self._buffer
        while True:
            if not self._overlong:
                self._strip_start()
                if self._armed and buffer.startswith(b"> "):
                    del buffer[:2]
                    self._scanned = 0
                    self._armed = False
                    return PROMPT
            end = _LINE_END.search(buffer, self._scanned)
            if end is None:
                self._bound()
                self._scanned = len(buffer)
                return None
            self._scanned = 0
            line = bytes(buffer[: end.start()])
            del buffer[: end.end()]
            if self._overlong or len(line) > MAX_LINE:
                self._overlong = False
                continue
            return line.rstrip(_EDGES).decode("latin-1")

    def arm(self) -> None:
        """Await a prompt from now on. A prompt that nobody awaited is not it and is dropped."""
        self._strip_start()
        if self._buffer.startswith(b">"):
            del self._buffer[:2]
            self._scanned = 0
        self._armed = True

    def disarm(self) -> None:
        """No prompt is awaited any more."""
        self._armed = False

    def _strip_start(self) -> None:
        buffer = self._buffer
        if buffer and buffer[0] in _EDGES:
            buffer[:] = buffer.lstrip(_EDGES)
            self._scanned = 0

    def _bound(self) -> None:
        if len(self._buffer) > MAX_LINE:
            self._buffer.clear()
            self._overlong = True
