"""Whatever octets a modem sends: the lexer, the router and the PDU decoders under random ones.

``python -m tests.unit.modem.fuzzing [COUNT [SEED]]`` draws COUNT inputs for each target (default
1,000,000); with ``--atheris TARGET`` libFuzzer looks for them by coverage, where atheris is installed.
The suite runs a few.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from random import Random

from estate_sms.modem.at.lexer import MAX_LINE, PROMPT, Lexer
from estate_sms.modem.at.router import Router, late_reference
from estate_sms.modem.at.storage import indicated, levels, pair
from estate_sms.modem.pdu import (
    Deliver,
    PduError,
    Submit,
    decode_command,
    decode_inbound,
    decode_outbound,
)

from .pdu.test_any_octets import SEEDS

PIECES = (
    b"OK\r\n", b"\r\nOK\r\n", b"ERROR\r\n", b"\r\n> ", b"> ", b">", b" ", b"\r", b"\n", b"\r\r\n", b"\x00",
    b"\xff\xfe", b"+CMGS: 7\r\n", b"+CMGS: 999", b"+CDS: 26\r\n", b"+CDS: ,26\r\n", b"+CMT: ,21\r\n",
    b"0791683108200505F0\r\n", b"+CDSI: \"SR\",4\r\n", b"+CMTI: \"SM\",\r\n", b"+CMS ERROR: 38\r\n",
    b"+CME ERROR: SIM busy\r\n", b"+CREG: 1\r\n", b"+CREG: 0,1\r\n", b"+CPMS: \"SM\",1,20\r\n", b"+CMGL: 1,0,,26\r\n",
    b"+CMGR: 0,,26\r\n", b"AT+CMGS=23\r", b"RING\r\n", b"^BOOT:1,0\r\n", b"0011\x1a", b"x" * 300,
)  # fmt: skip
COMMANDS = ("AT", "AT+CMGS=23", "AT+CREG?", "AT+CMGF?", "ATD10086;", "AT+CPMS?")


def lexer(data: bytes) -> None:
    """The same tokens however the octets are cut; no line end in a token; bounded memory."""
    whole, armed = _tokens([data], armed=bool(data[:1] < b"\x80"))
    pieces = [data[at : at + 1 + data[at] % 7] for at in _cuts(data)]
    assert _tokens(pieces, armed=bool(data[:1] < b"\x80")) == (whole, armed)
    for token in whole:
        assert token == PROMPT or (token == token.strip() and not {"\r", "\n"} & set(token))
    assert armed <= MAX_LINE


def _cuts(data: bytes) -> list[int]:
    at, found = 0, list[int]()
    while at < len(data):
        found.append(at)
        at += 1 + data[at] % 7
    return found


def _tokens(chunks: list[bytes], *, armed: bool) -> tuple[list[str], int]:
    """The tokens, and how much was kept at the end."""
    found = Lexer()
    if armed:
        found.arm()
    tokens: list[str] = []
    for chunk in chunks:
        found.push(chunk)
        while (token := found.take()) is not None:
            tokens.append(token)
    return tokens, len(found._buffer)  # pyright: ignore[reportPrivateUsage]


def router(data: bytes) -> None:
    """Never raises, whatever is pending; every event has its line."""
    found = Router()
    for at in range(0, len(data), 16):
        chunk = data[at : at + 16]
        if chunk[0] % 5 == 0:
            found.begin(COMMANDS[chunk[0] % len(COMMANDS)], prompt=chunk[0] % 2 == 0)
        elif chunk[0] % 7 == 0:
            found.body("0011")
        for event in found.feed(chunk):
            assert event.line
            late_reference(event.line)
            indicated(event.line)
            levels([event.line])
            pair([event.line, "0011"], "SM")


def decoder(data: bytes) -> None:
    """A value or a PduError; its text can be stored."""
    for decode in (decode_inbound, decode_outbound, decode_command):
        try:
            value = decode(data)
        except PduError:
            continue
        if isinstance(value, Deliver | Submit):
            value.text.encode("utf-8")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "lexer": lexer, "router": router, "decoder": decoder,
}  # fmt: skip


def drawn(rng: Random, target: str) -> bytes:
    """Dialogue with noise in it; for the decoder real PDUs with octets changed, added and lost."""
    if target != "decoder":
        pieces = (
            rng.choice(PIECES) if rng.random() < 0.8 else rng.randbytes(rng.randrange(9))
            for _ in range(rng.randrange(1, 16))
        )
        return b"".join(pieces)
    octets = bytearray(
        rng.choice(SEEDS) if rng.random() < 0.9 else rng.randbytes(rng.randrange(60))
    )
    for _ in range(rng.randrange(5)):
        at = rng.randrange(len(octets) + 1)
        octets[at : at + rng.randrange(2)] = rng.randbytes(rng.randrange(2))
    return bytes(octets[: rng.randrange(len(octets) + 1)] if rng.random() < 0.2 else octets)


def run(target: str, count: int, seed: int) -> None:
    """``count`` inputs; raises with the one that failed."""
    rng, check = Random(f"{target}/{seed}"), TARGETS[target]
    for _ in range(count):
        data = drawn(rng, target)
        try:
            check(data)
        except Exception as error:
            raise AssertionError(f"{target}: {data!r}") from error


def main(arguments: list[str]) -> None:
    """See the module."""
    if arguments[:1] == ["--atheris"]:
        atheris = import_module("atheris")  # only where somebody installed it
        atheris.instrument_all()
        atheris.Setup([sys.argv[0], *arguments[2:]], TARGETS[arguments[1]])
        atheris.Fuzz()
    count, seed, *_ = (*map(int, arguments), *(1_000_000, 1)[len(arguments) :])
    for target in TARGETS:
        began = time.process_time()
        run(target, count, seed)
        print(f"{target}: {count} inputs, seed {seed}, {time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main(sys.argv[1:])
