"""Reads ordinary records without a JSON parser: what matches here is in canonical form for certain.

Most records are alike. A pattern recognises the canonical bytes of a line and of a body of plain
ASCII; what does not match may still be sound and takes the long way.
"""

from __future__ import annotations

import binascii
import re
from itertools import pairwise

from .headers import KINDS, QUALITIES

_NUMBER = rb"0|[1-9]\d{0,14}"  # surely below 2^53
_PLAIN = rb'"[ !#-\[\]-~]*"'
_TEXT = rb'"([ !#-\[\]-~]*)"'
_BASE64 = rb'"[0-9A-Za-z+/]+={0,2}"'
_PAIR = rb"%b:(?:%b|-?[1-9]\d{0,14}|0|true|false|null)" % (_PLAIN, _PLAIN)
_BODY = re.compile(
    rb'\{"action":' + _TEXT + rb',"actor":' + _TEXT
    + rb'(?:,"details":(\{' + _PAIR + rb"(?:," + _PAIR + rb")*\}))?"
    + rb'(?:,"object":' + _TEXT + rb")?"
    + rb'(?:,"personal":\{' + _TEXT + rb':\{"\$s":("[0-9A-Za-z+/]{22}==")'
    + rb'(?:,"c":' + _BASE64 + rb',"n":' + _BASE64 + rb")?\}\})?"
    + rb'(?:,"reason":' + _TEXT + rb")?"
    + rb'(?:,"result":' + _TEXT + rb")?\}"
)  # fmt: skip
_KEYS = re.compile(rb'[{,]"([^"]*)":(?:"[^"]*"|[^",}]*)')

Cells = tuple[str, str, str, str, str, str, str]
"""Action, actor, object, result, reason, details and personal of a body, as the table shows them."""


def record_line(origin: str) -> re.Pattern[bytes]:
    """Matches an export's line of an ordinary record of this log, and only its canonical form.

    Groups: sealed body, header, epoch, class, previous leaf, number, time. The first and the last
    record of an epoch are longer and never match.
    """
    fields = (
        rb'"boot":"[0-9a-f]{16}","ep":([1-9]\d{0,8}),"k":"(%(k)b)","mono":(?:%(n)b),"o":"%(o)b",'
        rb'"prev":"([0-9A-Za-z+/]{43}=)","seq":(%(n)b),"tq":"(?:%(q)b)",'
        rb'"ts":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","v":1'
    ) % {
        b"n": _NUMBER,
        b"k": "|".join(sorted(KINDS)).encode(),
        b"q": "|".join(sorted(QUALITIES)).encode(),
        b"o": re.escape(origin.encode()),
    }
    return re.compile(rb'\{"c":"([0-9A-Za-z+/=]*)","h":(\{' + fields + rb"\})\}\n")


def octets(text: bytes) -> bytes | None:
    """The octets of base64 in its canonical form; ``None`` for any other."""
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error:
        return None
    return data if binascii.b2a_base64(data, newline=False) == text else None


def plain_cells(body: bytes) -> Cells | None:
    """The cells of a body that is canonical beyond doubt; ``None`` when it needs a closer look."""
    match = _BODY.fullmatch(body)
    if match is None:
        return None
    action, actor, details, about, name, ref, reason, result = match.groups(b"")
    if details:
        keys = _KEYS.findall(details)
        if len(keys) > 1 and any(a >= b for a, b in pairwise(keys)):
            return None
    person = ""
    if ref:
        subject = octets(ref[1:-1])
        if subject is None:
            return None
        person = f"{name.decode()}={subject.hex()}"
    return (
        action.decode(), actor.decode(), about.decode(), result.decode(), reason.decode(),
        details.decode(), person,
    )  # fmt: skip
