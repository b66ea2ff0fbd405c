"""Working off command lines: from what was typed to what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import general, storage
from .lexer import CommandLexer, CommandLine, Item, Payload
from .replies import INCORRECT_PARAMETERS, CommandError, rendered
from .storage import Storage
from .syntax import Call, parse

if TYPE_CHECKING:
    from .device import Device


class Dialogue:
    """The command half of a modem. ``busy``: what is typed waits in the UART."""

    def __init__(self, device: Device) -> None:
        self.lexer = CommandLexer()
        self.busy = False
        self._device = device
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
                    device.wire.write(echo)
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
            self._device.wire.write(rendered([], error.final(self._device.unit.value("+CMEE"))))
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
                if call.name in ("+CMGS", "+CMGC") and call.operation == "set":
                    self._device.sending.begin(call)
                    return
                lines += self._answer(call)
        except CommandError as error:
            final = error.final(self._device.unit.value("+CMEE"))
        self._device.wire.write(rendered(lines, final))
        if final == "OK":
            self._afterwards(calls)
        self.pump()

    def _answer(self, call: Call) -> list[str]:
        match call.name:
            case "E":
                self.lexer.echo = call.argument != "0"
                return []
            case "Z" | "&F":
                self._device.unit.reset()
                self.lexer.echo = True
                return []
            case "+CLAC":
                return [*general.names(self._device.unit), "+CLAC", *_OWN]
            case "+CNMA":
                return self._device.receiving.acknowledge(call)
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
        for call in calls:
            if call.name == "+CFUN" and call.argument == "1,1":
                self._device.reset()
            elif call.name in ("+CMGD", "+CNMI", "+CFUN", "+CPMS") and call.operation == "set":
                self._device.network.reachable(self._device.identity.imsi)
        self._device.receiving.release()


_STORAGE: dict[str, Callable[[Storage, Call], list[str]]] = {
    "+CPMS": storage.cpms,
    "+CMGR": storage.cmgr,
    "+CMGL": storage.cmgl,
    "+CMGD": storage.cmgd,
}
_OWN = ("+CMGS", "+CMGC", "+CNMA", "+CUSD", *_STORAGE)
