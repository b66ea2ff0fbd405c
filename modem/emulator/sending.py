"""``AT+CMGS`` and ``AT+CMGC`` from the prompt to the answer (3GPP TS 27.005 §4.3, §4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..pdu.command import Command
from ..pdu.errors import PduError
from ..pdu.submit import Submit
from .admission import Announced, announced_length, decode, obstacle
from .faults import Fault
from .replies import CMS_INVALID_PDU, CMS_UNKNOWN, CommandError, cms, rendered
from .syntax import Call

if TYPE_CHECKING:
    from .device import Device

PROMPT = b"\r\n> "


class Sending:
    """The sending half of a modem; one PDU at a time."""

    def __init__(self, device: Device, first_mr: int) -> None:
        self.sent = 0
        self._device = device
        self._mr = first_mr
        self._announced: Announced | None = None
        self._report_faults: dict[int, dict[str, Fault]] = {}

    def reset(self) -> None:
        """Forget the prompt, as at power-up. The TP-MR lives on the SIM and goes on."""
        self._announced = None

    def new_card(self, first_mr: int) -> None:
        """Another SIM, with another last TP-MR."""
        self._mr = first_mr
        self._report_faults.clear()

    def begin(self, call: Call) -> None:
        """Prompt for the PDU. Raises ``CommandError`` when it cannot be sent."""
        device = self._device
        if (code := obstacle(device.unit, device.storage)) is not None:
            raise cms(code)
        length = announced_length(call)
        faults = device.plan.strike()
        self._announced = Announced(call.name, length, faults)
        if "unplug_before_ctrl_z" in faults:
            device.unplug(faults["unplug_before_ctrl_z"].seconds)
            return
        delay = device.settings.timing.prompt.draw(device.rng)
        if "slow_prompt" in faults:
            delay += faults["slow_prompt"].seconds
        device.dialogue.busy = True
        device.later(delay, self._prompt)

    def _prompt(self) -> None:
        device = self._device
        assert self._announced is not None
        device.dialogue.lexer.at_prompt = True
        device.dialogue.busy = False
        device.dialogue.deaf_until = device.agenda.clock() + device.unit.persona.prompt_pause
        if "no_prompt" not in self._announced.faults:
            device.wire.write(PROMPT)
        if "urc_in_prompt" in self._announced.faults:
            device.wire.write(b"\r\n^RSSI:17\r\n")
        device.dialogue.pump()

    def abandoned(self) -> None:
        """ESC: nothing is sent."""
        self._announced = None
        self._device.wire.write(rendered([], "OK"))

    def payload(self, text: str) -> None:
        """Ctrl-Z: from here on the PDU is on the air, unless it is none."""
        device, announced = self._device, self._announced
        taken_at = device.agenda.clock()
        assert announced is not None
        if "no_prompt" in announced.faults:
            device.dialogue.lexer.at_prompt = True  # stuck: only ESC helps
            return
        if "hang_before_ctrl_z" in announced.faults:
            device.power.hang()
            return
        self._announced = None
        try:
            content = decode(announced, text)
        except PduError:
            self._refuse(CMS_INVALID_PDU)
            return
        refusal = device.unit.persona.command_cms if isinstance(content, Command) else None
        if device.unit.sms_stuck:
            refusal = CMS_UNKNOWN
        if refusal is not None:
            self._refuse(refusal)
            return
        self._transmit(content, text.upper(), announced.faults, taken_at)

    def _refuse(self, code: int) -> None:
        self._device.wire.write(rendered([], self._final(cms(code))))

    def _final(self, error: CommandError) -> str:
        return error.final(self._device.unit.value("+CMEE"))

    def _transmit(
        self, content: Submit | Command, pdu: str, faults: dict[str, Fault], taken_at: float
    ) -> None:
        device = self._device
        mr, self._mr = self._mr, (self._mr + 1) % 256
        self.sent += 1
        seq = self._log(content, mr, pdu)
        self._report_faults[mr] = faults
        device.dialogue.busy = True
        epoch, imsi = device.power.epoch, device.identity.imsi

        def conclude() -> None:
            error = self._hand_over(content, imsi, mr, seq, faults)
            if device.power.epoch == epoch and device.state == "on":
                self._answer(content, mr, error, faults)

        if "hang_after_ctrl_z" in faults:
            device.power.hang()
        elif "unplug_after_ctrl_z" in faults:
            device.unplug(faults["unplug_after_ctrl_z"].seconds)
        elif "reset_after_ctrl_z" in faults:
            device.power.restart()
        # Not device.later: what is on the air arrives even if the modem dies meanwhile.
        device.agenda.at(taken_at + device.settings.timing.submit.draw(device.rng), conclude)

    def _log(self, content: Submit | Command, mr: int, pdu: str) -> int:
        device = self._device
        log, imsi = device.air_log, device.identity.imsi
        if isinstance(content, Command):
            return log.take(
                "command",
                modem=device.index,
                imsi=imsi,
                mr=mr,
                to=content.destination,
                pdu=pdu,
                pid=content.pid,
                target_mr=content.target_mr,
            )
        concat = content.concat
        return log.take(
            "submit",
            modem=device.index,
            imsi=imsi,
            mr=mr,
            to=content.destination,
            pdu=pdu,
            text=content.text,
            concat=(concat.reference, concat.total, concat.seq) if concat else None,
            pid=content.pid,
        )

    def _hand_over(
        self, content: Submit | Command, imsi: str, mr: int, seq: int, faults: dict[str, Fault]
    ) -> int | None:
        """Let the service centre have it; the CMS code of its refusal, or None."""
        device = self._device
        if "cms_error" in faults:
            code = faults["cms_error"].code
            device.air_log.outcome(seq, "refused", code)
            return code
        if isinstance(content, Command):
            return device.network.command(imsi, mr, seq, content)
        return device.network.submit(imsi, mr, seq, content)

    def _answer(
        self, content: Submit | Command, mr: int, error: int | None, faults: dict[str, Fault]
    ) -> None:
        device = self._device
        name = "+CMGC" if isinstance(content, Command) else "+CMGS"
        answer = (
            rendered([f"{name}: {mr}"], "OK")
            if error is None
            else rendered([], self._final(cms(error)))
        )
        say: Callable[[], None] = lambda: device.wire.write(answer)
        if "late_answer" in faults:
            device.later(faults["late_answer"].seconds, say)
        elif "answer_lost" not in faults:
            say()
        device.dialogue.busy = False
        device.dialogue.pump()

    def report_faults(self, mr: int) -> dict[str, Fault]:
        """The faults armed for the report on TP-MR ``mr``; told once."""
        return self._report_faults.pop(mr, {})
