"""The grammar of command lines (3GPP TS 27.007 §4): one line, several calls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from .replies import NOT_SUPPORTED, CommandError

Operation = Literal["run", "read", "test", "set"]

_OPERATIONS: dict[str, Operation] = {"=?": "test", "?": "read", "=": "set", "": "run"}
_EXTENDED = re.compile(r"([+^$%#*][A-Za-z][A-Za-z0-9]*)(=\?|\?|=|)")
_BASIC = re.compile(r"([Ss]\d+|&?[A-Za-z])(=\?|\?|=|)(\d*)")
_ARGUMENT = re.compile(r'(?:"[^"]*"|[^";])*')


@dataclass(frozen=True, slots=True)
class Call:
    """One command: ``+CMGF`` with ``=0`` is ``Call("+CMGF", "set", "0")``."""

    name: str
    operation: Operation
    argument: str = field(default="", repr=False)

    @property
    def typed(self) -> str:
        """As it stood behind AT."""
        sign = {"read": "?", "test": "=?", "set": "=", "run": ""}[self.operation]
        return f"{self.name}{sign}{self.argument}"


def parse(line: str) -> list[Call] | None:
    """The calls of a command line; None when it is none (no ``AT``) and deserves no answer.

    Raises ``CommandError`` for a line no modem could read.
    """
    if line[:2].upper() != "AT":
        return None
    rest = line[2:]
    calls: list[Call] = []
    while rest := rest.lstrip(" ;"):
        call, rest = _dial(rest) if rest[0] in "Dd" else _one(rest)
        calls.append(call)
    return calls


def _dial(rest: str) -> tuple[Call, str]:
    return Call("D", "run", rest[1:]), ""


def _one(rest: str) -> tuple[Call, str]:
    match = _EXTENDED.match(rest)
    if match is not None:
        name, sign = match[1].upper(), match[2]
        rest = rest[match.end() :]
        argument = ""
        if sign == "=":
            span = _ARGUMENT.match(rest)
            argument = span[0] if span else ""
            rest = rest[len(argument) :]
        return Call(name, _OPERATIONS[sign], argument.strip()), _after(rest)
    match = _BASIC.match(rest)
    if match is None:
        raise CommandError(NOT_SUPPORTED)
    name = match[1].upper()
    operation = _OPERATIONS[match[2]] if match[2] else "set"
    return Call(name, operation, match[3]), rest[match.end() :]


def _after(rest: str) -> str:
    """What follows an extended command: nothing, or a semicolon and more."""
    if rest and not rest.startswith(";"):
        raise CommandError(NOT_SUPPORTED)
    return rest
