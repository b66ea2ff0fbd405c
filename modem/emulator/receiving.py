"""What comes from the network: messages, status reports, USSD, noise (3GPP TS 27.005 §3.4)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ..pdu.tpdu import Tpdu
from .direct import Direct, Routed, nobody
from .syntax import Call
from .traced import Ended
from .wire import Wire

if TYPE_CHECKING:
    from .device import Device

USSD_TEXT = "Balance 50.00 CNY"
USSD_SECONDS = 0.5
_HEARD = ("on", "booting")


class Receiving:
    """The receiving half of a modem; the network's ``Subscriber``."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._announcements: deque[tuple[bytes, bool]] = deque()
        """Unsolicited lines that may not be said at a prompt; whether in pieces."""
        self.direct = Direct(device, self._queue)
        self._told_full = False

    def reset(self) -> None:
        """Forget what was not said yet, as a power cut does."""
        self._announcements.clear()
        self.direct.give_back()
        self._told_full = False

    def deliver(self, tpdu: Tpdu) -> bool:
        """Take an SMS-DELIVER as ``AT+CNMI`` says; False while that is not possible."""
        device = self._device
        if not device.registered:
            return False
        routing = self._routing(1)
        if routing == "2":
            line = f"\r\n+CMT: ,{tpdu.length}\r\n{tpdu.hex}\r\n".encode()
            self.direct.route(Routed(line, False, nobody))
            self.release()
            return True
        memory = device.storage.selected[2]
        index = device.storage.put(memory, tpdu)
        if index is None:
            self._tell_full(memory)
            return False
        self._told_full = False
        if routing != "0":
            self.announce(f'\r\n+CMTI: "{memory}",{index}\r\n'.encode())
        return True

    def report(self, tpdu: Tpdu, mr: int, ended: Ended) -> bool:
        """Take a status report; False while there is nowhere to put it (``AT+CNMI`` ds=0)."""
        device = self._device
        routing = self._routing(3)
        if not device.registered or routing == "0":
            return False
        faults = device.sending.report_faults(mr)
        in_pieces = "split_report" in faults
        for tell in (ended, nobody) if "duplicate_report" in faults else (ended,):
            if routing == "1":
                header = device.unit.persona.report_header.format(length=tpdu.length)
                line = f"\r\n{header}\r\n{tpdu.hex}\r\n".encode()
                self.direct.route(Routed(line, in_pieces, tell))
                self.release()
            elif self._store_report(tpdu, in_pieces):
                tell(True)
            else:
                return False
        return True

    def _store_report(self, tpdu: Tpdu, in_pieces: bool) -> bool:
        device = self._device
        memory = device.unit.persona.report_memory
        index = device.storage.put(memory, tpdu)
        if index is None:
            self._tell_full(memory)
            return False
        self.announce(f'\r\n+CDSI: "{memory}",{index}\r\n'.encode(), in_pieces)
        return True

    def _tell_full(self, memory: str) -> None:
        """Say once that a message found no room."""
        if (line := self._device.unit.persona.storage_full_line) and not self._told_full:
            self._told_full = True
            self.announce(f"\r\n{line.format(memory)}\r\n".encode())

    def announce(self, line: bytes, in_pieces: bool = False) -> None:
        """Say an unsolicited line as soon as no PDU is being typed."""
        self._queue(line, in_pieces)
        self.release()

    def _queue(self, line: bytes, in_pieces: bool) -> None:
        self._announcements.append((line, in_pieces))

    def release(self) -> None:
        """Say what is waiting, unless the prompt is out."""
        device = self._device
        while self._announcements and device.state in _HEARD and not self._typing():
            line, in_pieces = self._announcements.popleft()
            wire = self._wire()
            (wire.write_in_pieces if in_pieces else wire.write)(line)

    def _typing(self) -> bool:
        return self._device.dialogue.lexer.at_prompt

    def _wire(self) -> Wire:
        """Where unsolicited lines go."""
        device = self._device
        name, value = device.unit.persona.second_urc_port
        elsewhere = device.siblings.second
        if name and device.unit.value(name) == value and elsewhere is not None:
            return elsewhere.wire
        return device.wire

    def ussd(self, call: Call) -> list[str]:
        """``AT+CUSD``: every code is answered with a balance."""
        if call.operation == "test":
            return ["+CUSD: (0-2)"]
        if call.operation == "read":
            return ["+CUSD: 0"]
        if call.argument.startswith("1,"):
            line = f'\r\n+CUSD: 0,"{USSD_TEXT}",15\r\n'.encode()
            self._device.later(USSD_SECONDS, lambda: self.announce(line))
        return []

    def _routing(self, field: int) -> str:
        """Field 1 (mt) or 3 (ds) of ``AT+CNMI``."""
        fields = self._device.unit.value("+CNMI").split(",")
        return fields[field] if field < len(fields) else "0"
