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

_NUL = b"\x00"
_EDGES = bytes(range(0x21)) + bytes(range(0x7F, 0x100))
"""No AT line starts or ends with these: white space, control octets, line noise."""

_LINE = re.compile(rb"[\x00-\x20\x7F-\xFF]*+([^\r\n]+)[\r\n]")
_PROMPT_OR_LINE = re.compile(rb"[\x00-\x20\x7F-\xFF]*+(?:> |([^\r\n]+)[\r\n])")
_LINE_END = re.compile(rb"[\r\n]")


class Lexer:
    """Splits what arrives: :meth:`push` octets, then :meth:`take` tokens until there is none."""

    __slots__ = ("_armed", "_at", "_buffer", "_overlong")

    def __init__(self) -> None:
        self._buffer = b""
        self._at: int = 0  # octets of the buffer before it are taken
        self._overlong = False
        self._armed = False

    def push(self, data: bytes) -> None:
        """Add octets. Memory stays bounded as long as the tokens are taken after each push."""
        self._buffer += data.replace(_NUL, b"")

    def take(self) -> str | None:
        """The next line (latin-1, without noise at its edges) or prompt; None: not complete yet."""
        if self._overlong and not self._pass_line_end():
            return None
        pattern = _PROMPT_OR_LINE if self._armed else _LINE
        while (found := pattern.match(self._buffer, self._at)) is not None:
            self._at = found.end()
            line = found[1]
            if line is None:
                self._armed = False
                return PROMPT
            if len(line) <= MAX_LINE:
                return line.rstrip(_EDGES).decode("latin-1")
        self._keep_rest()
        if len(self._buffer) > MAX_LINE:
            self._buffer = b""
            self._overlong = True
        return None

    def arm(self) -> None:
        """Await a prompt from now on. A prompt that nobody awaited is not it and is dropped."""
        self._keep_rest()
        if self._buffer.startswith(b">"):
            self._buffer = self._buffer[2:]
        self._armed = True

    def disarm(self) -> None:
        """No prompt is awaited any more."""
        self._armed = False

    def _keep_rest(self) -> None:
        """Forget what was taken, and noise before what comes next."""
        self._buffer = self._buffer[self._at :].lstrip(_EDGES)
        self._at = 0

    def _pass_line_end(self) -> bool:
        """Drop the rest of a line that was too long; False: its end has not come yet."""
        end = _LINE_END.search(self._buffer, self._at)
        if end is None:
            self._buffer, self._at = b"", 0
            return False
        self._at = end.end()
        self._overlong = False
        return True
