"""Working off command lines: from what was typed to what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import general, storage
from .lexer import CommandLexer, CommandLine, Item, Payload
from .replies import (
    CMS_NOT_ALLOWED,
    INCORRECT_PARAMETERS,
    NOT_SUPPORTED,
    CommandError,
    cms,
    rendered,
)
from .storage import Storage
from .syntax import Call, parse
from .wire import Wire

if TYPE_CHECKING:
    from .device import Device


class Dialogue:
    """The command half of a modem. ``busy``: what is typed waits in the UART.

    At the ``second`` port nothing is sent.
    """

    def __init__(self, device: Device, wire: Wire, *, second: bool = False) -> None:
        self.lexer = CommandLexer()
        self.wire = wire
        self.busy = False
        self.deaf_until = 0.0
        """What is typed at a prompt before this time is lost."""
        self._device = device
        self._second = second
        self._answers = 0
        self._pumping = False
        self._last_line = ""

    def reset(self) -> None:
        """Forget everything typed, as at power-up; echo is on again."""
        self.busy = False
        self.lexer.reset()

    def recover(self) -> None:
        """Leave a prompt or an unanswered command behind, as after a hang."""
        self.busy = False
        self.lexer.at_prompt = False

    def receive(self, data: bytes) -> None:
        """Take bytes from the terminal."""
        if self.lexer.at_prompt and self._device.agenda.clock() < self.deaf_until:
            return
        self.lexer.feed(data)
        self.pump()

    def pump(self) -> None:
        """Work off what was typed, as far as the modem is free."""
        if self._pumping:
            return
        self._pumping = True
        device = self._device
        try:
            while device.state == "on" and not self.busy:
                item = self.lexer.next()
                if echo := self.lexer.take_echo():
                    self.wire.write(echo)
                if item is None:
                    break
                self._take(item)
        finally:
            self._pumping = False

    def _take(self, item: Item) -> None:
        match item:
            case CommandLine():
                self._last_line = self._last_line if item.text.upper() == "A/" else item.text
                self._execute(self._last_line if item.text else "")
            case Payload():
                self._device.sending.payload(item.text)
                self._device.receiving.release()
            case _:
                self._device.sending.abandoned()
                self._device.receiving.release()

    def _execute(self, line: str) -> None:
        try:
            calls = parse(line)
        except CommandError as error:
            self.wire.write(rendered([], self._final(error)))
            return
        if calls is None:
            return
        self.busy = True
        self._device.later(
            self._device.settings.timing.answer.draw(self._device.rng), lambda: self._run(calls)
        )

    def _run(self, calls: list[Call]) -> None:
        self.busy = False
        lines: list[str] = []
        final = "OK"
        try:
            for call in calls:
                if call.name in self._device.unit.persona.refused:
                    raise CommandError(NOT_SUPPORTED)
                if call.name in _SENDING and call.operation == "set":
                    self._begin(call)
                    return
                if call.name == "+CMGL" and self._device.reading_plan.strike():
                    self._device.power.hang()
                    return
                lines += self._answer(call)
        except CommandError as error:
            final = self._final(error)
        self._chatter()
        self.wire.write(rendered(lines, final))
        if final == "OK":
            self._afterwards(calls)
        self.pump()

    def _begin(self, call: Call) -> None:
        if self._second:
            raise cms(CMS_NOT_ALLOWED)
        self._device.sending.begin(call)

    def _final(self, error: CommandError) -> str:
        """The final result code of a command that failed, as this make says it."""
        make = self._device.unit.persona
        if error.family == "CME" and error.code == NOT_SUPPORTED and make.unknown:
            return make.unknown
        return error.final(self._device.unit.value("+CMEE"))

    def _chatter(self) -> None:
        """Noise right before an answer, which noisy makes are full of."""
        unit = self._device.unit
        self._answers += 1
        if unit.persona.chatter and not unit.silenced and not self._answers % unit.persona.chatter:
            self.wire.write(f"\r\n{self._device.rng.choice(unit.persona.noise)}\r\n".encode())

    def _answer(self, call: Call) -> list[str]:
        make = self._device.unit.persona
        if (fixed := make.answers.get(call.typed)) is not None:
            return list(fixed)
        if call.typed in make.restarts and call.name != "+CFUN":
            return []
        match call.name:
            case "E":
                self.lexer.echo = call.argument != "0"
                return []
            case "Z" | "&F":
                self._device.unit.defaults()
                self.lexer.echo = True
                return []
            case "+CLAC":
                own = [name for name in _OWN if name not in self._device.unit.persona.refused]
                return [*general.names(self._device.unit), *own]
            case "A" | "H" | "+CHUP" | "+CLCC":
                return self._device.calls.answer(call)
            case "+CNMA":
                return self._device.receiving.direct.acknowledge(call)
            case "+CUSD":
                return self._device.receiving.ussd(call)
            case "+CMGS" | "+CMGC":
                if call.operation != "test":
                    raise CommandError(INCORRECT_PARAMETERS)
                return []
            case _:
                pass
        if call.name in _STORAGE:
            return _STORAGE[call.name](self._device.storage, call)
        return general.answer(self._device.unit, call)

    def _afterwards(self, calls: list[Call]) -> None:
        """What a command sets off behind its OK."""
        device = self._device
        for call in calls:
            if call.typed in device.unit.persona.restarts:
                device.power.restart()
                return
            if call.name == "+CFUN" and device.unit.attaching:
                device.later(device.settings.timing.registration.draw(device.rng), device.attached)
            elif call.typed == "+CSMS=0":
                device.receiving.direct.unblock()
            elif call.name in _CHANGE_ROUTES and call.operation == "set":
                device.network.reachable(device.identity.imsi)
        device.receiving.release()


_STORAGE: dict[str, Callable[[Storage, Call], list[str]]] = {
    "+CPMS": storage.cpms,
    "+CMGR": storage.cmgr,
    "+CMGL": storage.cmgl,
    "+CMGD": storage.cmgd,
}
_SENDING = ("+CMGS", "+CMGC")
_CHANGE_ROUTES = ("+CMGD", "+CNMI", "+CFUN", "+CPMS", "+CPIN", "+QURCCFG")
_OWN = ("+CLAC", "+CHUP", "+CLCC", "+CNMA", "+CUSD", *_SENDING, *_STORAGE)
