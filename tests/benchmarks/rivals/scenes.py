"""What happens to every program in turn, each time on a fresh emulated bank; its air log judges."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.outcomes import canonical
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings

from .program import Program
from .usage import Usage

NOTICE = "今日9:00至15:00停水，请提前储水。详询物业。"
WARM_UP = "试机"
QUIET = 3.0
"""Seconds a program is watched for more, after all seems done."""
PATIENCE = 180.0
GIVEN_UP = 15.0
"""Seconds after which a program that says it is idle is believed, although numbers are missing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One program in one scene; times in seconds."""

    ratio: float
    """Makespan from the first Ctrl-Z to the last acceptance, over the bound."""
    call_ratio: float
    """The same from the beginning of the call."""
    cpu: float
    memory: float
    lost: int
    """Numbers that nothing was sent to."""
    twice: int
    """Numbers to which something went more than once."""
    last: float
    """From the call to the last first transmission."""
    says: str
    aired: list[Aired]


@dataclass(frozen=True, slots=True)
class Stage:
    """A program that has proved on every modem that it sends."""

    bank: BankProcess
    program: Program
    submit: float
    warm_up: int

    def aired(self) -> list[Aired]:
        """What was sent after the warm-up."""
        return [a for a in read_air_log(self.bank.air_log) if a.kind == "submit"][self.warm_up :]


def mobile(count: int, start: int = 0) -> list[str]:
    """That many made-up numbers."""
    return [f"+86138001{38000 + n:05}" for n in range(start, start + count)]


@contextmanager
def stage(
    kind: type[Program], folder: Path, modems: int, submit: float, report: float = 0.2
) -> Generator[Stage]:
    """Start ``kind`` on ``modems`` fresh modems and warm it up."""
    settings = Settings.fixed(submit, report=report)
    with (
        spawn_bank(modems, folder / "bank", settings) as bank,
        kind(folder / "program", bank.ports) as program,
    ):
        _warm_up(bank, program)
        yield Stage(bank, program, submit, len(_submits(bank)))


def _warm_up(bank: BankProcess, program: Program) -> None:
    """Have every modem send something."""
    given = 0

    def all_sent() -> bool:
        return len(_submits(bank)) >= given and program.idle()

    while len({a.modem for a in _submits(bank)}) < len(bank.ports):
        assert given < 100 * len(bank.ports), f"idle modems: {program.says()}"
        numbers = mobile(2 * len(bank.ports), 50_000 + given)
        program.give(numbers, WARM_UP)
        given += len(numbers)
        _wait(all_sent, PATIENCE)


def _submits(bank: BankProcess) -> list[Aired]:
    return [a for a in read_air_log(bank.air_log) if a.kind == "submit"]


def _wait(done: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def broadcast(on: Stage, numbers: Sequence[str], text: str) -> Outcome:
    """All numbers at once, nothing goes wrong."""
    return _measured(on, numbers, text)


def killed(on: Stage, numbers: Sequence[str], text: str) -> Outcome:
    """Killed when 40 % are on the air, and started again; the modems go on meanwhile."""

    def strike() -> None:
        wanted = on.warm_up + len(numbers) * 2 // 5
        while on.bank.air_log.read_bytes().count(b'"line":"aired"') < wanted:
            time.sleep(0.005)
        on.program.kill()
        time.sleep(on.submit + 0.3)
        on.program.start()

    return _measured(on, numbers, text, strike)


def answers_lost(on: Stage, numbers: Sequence[str], text: str) -> Outcome:
    """On four modems the answer to a message that went on the air never comes."""
    for modem in range(4):
        on.bank.control.fault(modem, Fault("answer_lost"))
    return _measured(on, numbers, text)


def hang(on: Stage, numbers: Sequence[str], text: str) -> Outcome:
    """An idle modem goes deaf for good just before the call."""
    on.bank.control.fault(3, Fault("hang"))
    return _measured(on, numbers, text)


def _measured(
    on: Stage, numbers: Sequence[str], text: str, strike: Callable[[], None] = lambda: None
) -> Outcome:
    before = on.program.usage().cpu
    called = time.monotonic()
    on.program.give(numbers, text)
    strike()
    _wait(_finished(on, len(numbers)), PATIENCE)
    spent = on.program.usage()
    time.sleep(on.submit + QUIET)
    return _judged(on, numbers, called, Usage(spent.cpu - before, spent.memory))


def _finished(on: Stage, messages: int) -> Callable[[], bool]:
    idle_since: float | None = None

    def finished() -> bool:
        nonlocal idle_since
        if not on.program.idle():
            idle_since = None
            return False
        idle_since = idle_since or time.monotonic()
        all_reached = len({a.to for a in on.aired()}) >= messages
        return all_reached or time.monotonic() - idle_since > GIVEN_UP

    return finished


def _judged(on: Stage, numbers: Sequence[str], called: float, spent: Usage) -> Outcome:
    aired = on.aired()
    sent = Counter((canonical(a.to), a.concat[2] if a.concat else 1) for a in aired)
    first: dict[str, float] = {}
    for a in aired:
        first.setdefault(a.to, a.monotonic)
    ended = max(o.monotonic for a in aired for o in a.outcomes if o.result == "accepted")
    bound = ceil(len(sent) / len(on.bank.ports)) * on.submit
    return Outcome(
        ratio=(ended - aired[0].monotonic) / bound,
        call_ratio=(ended - called) / bound,
        cpu=spent.cpu,
        memory=spent.memory,
        lost=len(set(numbers) - {to for to, _ in sent}),
        twice=len({to for (to, _), times in sent.items() if times > 1}),
        last=max(first.values()) - called,
        says=on.program.says(),
        aired=aired,
    )


Scene = Callable[[Stage, Sequence[str], str], Outcome]
