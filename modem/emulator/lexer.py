"""The command side of the AT dialogue: bytes from the terminal become command lines and payloads.

3GPP TS 27.007 (command lines), TS 27.005 §3.5.1 (the prompt, Ctrl-Z, ESC).
"""

from __future__ import annotations

from dataclasses import dataclass, field

CR, LF, BACKSPACE, CTRL_Z, ESC = b"\r", b"\n", 0x08, 0x1A, 0x1B
LONGEST = 4096
"""Bytes of a line or payload that are kept; a terminal that sends more is babbling."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What stood between two carriage returns."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payload:
    """What was typed at the prompt, up to Ctrl-Z."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Abandoned:
    """ESC at the prompt."""


Item = CommandLine | Payload | Abandoned


class CommandLexer:
    """Cuts the terminal's bytes; any chunking of the same bytes gives the same items.

    Bytes wait until ``next`` is called: a busy modem leaves them in the UART. The echo of what
    was consumed is collected until ``take_echo``.
    """

    def __init__(self) -> None:
        self.echo = True
        self.at_prompt = False
        self._input = bytearray()
        self._line = bytearray()
        self._echo = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes from the terminal."""
        self._input += data

    def reset(self) -> None:
        """Forget everything typed, as at power-up."""
        self.echo = True
        self.at_prompt = False
        self._input.clear()
        self._line.clear()
        self._echo.clear()

    def take_echo(self) -> bytes:
        """The echo of everything consumed since the last call."""
        echo = bytes(self._echo)
        self._echo.clear()
        return echo

    def next(self) -> Item | None:
        """The next complete item, or None; consumes no byte behind it."""
        return self._next_payload() if self.at_prompt else self._next_line()

    def _next_line(self) -> CommandLine | None:
        end = self._input.find(CR)
        self._consume(len(self._input) if end < 0 else end + 1)
        if end < 0:
            return None
        text = self._take_line()
        return CommandLine(text.strip("\r\n \x1a\x1b\x00"))

    def _next_payload(self) -> Payload | Abandoned | None:
        ends = [place for mark in (CTRL_Z, ESC) if (place := self._input.find(mark)) >= 0]
        if not ends:
            self._consume(len(self._input))
            return None
        end = min(ends)
        self._consume(end)
        mark = self._input.pop(0)
        self.at_prompt = False
        text = self._take_line()
        return Payload("".join(text.split())) if mark == CTRL_Z else Abandoned()

    def _consume(self, count: int) -> None:
        """Move ``count`` bytes of input to the line, echoing and obeying backspaces."""
        chunk = bytes(self._input[:count])
        del self._input[:count]
        if self.echo:
            self._echo += chunk
        if BACKSPACE not in chunk:
            self._line += chunk
        else:
            for octet in chunk:
                if octet == BACKSPACE:
                    del self._line[-1:]
                else:
                    self._line.append(octet)
        del self._line[LONGEST:]

    def _take_line(self) -> str:
        text = self._line.decode("latin-1")
        self._line.clear()
        return text
