"""One modem: the library's driver on our transport, with the submit that the library lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import time_ns
from typing import Literal

from ..vendors.profile import VendorProfile
from .answers import Answer, HandOver, Part, accepted, judge, note_reference, refusal
from .causes import BUSY, OWN_CAUSES, cause_of
from .comms import RobustComms
from .errors import ModemLost, ModemStopped
from .library import CommandError, GsmModem, TimeoutException
from .router import Event
from .waker import Waker

_RETRIES = 5


class GatewayModem(GsmModem, RobustComms):
    """A modem in PDU mode. Blocking; one thread owns it, :meth:`stop` may come from any.

    ``urc`` gets every URC and late answer in that thread, also in the middle of a command; it must not talk to the
    modem. It returns whether it took it; RING, +CUSD and the like then fall to the library.
    """

    def __init__(
        self,
        port: str,
        baudrate: int = 115200,
        *,
        urc: Callable[[Event], bool],
        waker: Waker,
        prompt_timeout: float = 5.0,
        submit_timeout: float = 60.0,
        inter_phase_delay: float = 0.0,
        rtscts: bool = False,
    ) -> None:
        super().__init__(port, baudrate, waker=waker, rtscts=rtscts)
        self._urc = urc
        self._prompt_timeout = prompt_timeout
        self.submit_timeout = submit_timeout
        """Seconds from Ctrl-Z to the answer; may be changed between two submits."""
        self.inter_phase_delay = inter_phase_delay
        self._has_cmms = True

    def connect(
        self,
        pin: str | None = None,
        waitingForModemToStartInSeconds: float = 0,
    ) -> None:
        """Open the port only; ``opening.open_dialogue`` does the rest. Raises PortError.

        The library's own sequence fails on some ``+CPMS`` answers, sends a PIN where a PUK is
        wanted, and leaves the port open when it fails.
        """
        del pin, waitingForModemToStartInSeconds
        RobustComms.connect(self)

    def adopt(self, profile: VendorProfile) -> None:
        """Read what the modem says as its make says it."""
        self._router.more_urcs = profile.urcs
        self._has_cmms = "no_cmms" not in profile.quirks

    def escape(self) -> None:
        """Leave text entry, wherever the dialogue is. Raises ModemLost."""
        with self._claimed:
            self._escape()

    def forgive(self) -> None:
        """Owe no answer for the last command: the next one is written without probing first."""
        self._dirty = False

    def write(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - the library's
        self,
        data: str,
        waitForResponse: bool = True,
        timeout: float = 10.0,
        parseError: bool = True,
        writeTerm: str = "\r",
        expectedResponseTermSeq: str | None = None,
    ) -> list[str] | None:
        """Send one command line; its answer, the final line last.

        A busy SIM is asked again, a bounded number of times. Raises CommandError, CmeError,
        CmsError (``code`` is the text when the modem answers in words), TimeoutException,
        ModemLost, ModemStopped.
        """
        lines = RobustComms.write(self, data + writeTerm, waitForResponse, timeout)
        for attempt in range(_RETRIES):
            if not lines or not parseError or lines[-1] == "OK":
                break
            if cause_of(lines[-1]) not in BUSY:
                break
            with self._claimed:
                self._pause(min(0.2 * 2**attempt, 2.0))
            lines = RobustComms.write(self, data + writeTerm, waitForResponse, timeout)
        if lines and parseError and lines[-1] != "OK" and not lines[-1].startswith("CONNECT"):
            raise refusal(data, lines[-1])
        return lines

    def ask(self, command: str, timeout: float = 10.0) -> list[str]:
        """The answer's lines without the final one. Raises as :meth:`write`."""
        return (self.write(command, timeout=timeout) or [""])[:-1]

    # -- sending ------------------------------------------------------------------------------

    def submit(
        self, parts: Sequence[Part], handover: HandOver, verb: Literal["CMGS", "CMGC"] = "CMGS"
    ) -> list[Answer]:
        """Send the parts in order; the first that is not accepted stops the rest. Never raises.

        A PDU is written once and never again: whether to repeat is not this driver's decision.
        """
        answers: list[Answer] = []
        with self._claimed:
            if len(parts) > 1 and self._has_cmms:
                self._keep_link()
            for part in parts:
                if answers and answers[-1].outcome != "accepted":
                    answer = Answer("unsent")
                else:
                    answer = self._submit_one(part, handover, verb)
                answers.append(Answer(*answer[:3], time_ns() // 1000))
        return answers

    def _keep_link(self) -> None:
        """Ask to hold the radio link between the parts (3GPP TS 27.005 §3.5.6)."""
        try:
            self.write("AT+CMMS=1")
        except CommandError:
            self._has_cmms = False
        except (TimeoutException, ModemLost, ModemStopped):
            pass  # the next command meets the same trouble and tells

    def _submit_one(self, part: Part, handover: HandOver, verb: str) -> Answer:
        stopped = self._until_prompt(f"AT+{verb}={part.length}")
        if stopped is not None:
            return stopped
        references: list[int] = []
        try:
            self._router.body(part.pdu)
            handover.begin(part.attempt)
        except Exception:  # noqa: BLE001 - whatever it was: not noted as begun, so not sent
            self._try_escape()
            return Answer("unsent", cause="hand_over")
        try:
            self._send(part.pdu.encode("ascii") + b"\x1a")
            reply = self._await(
                self.submit_timeout, partial(note_reference, references, part, handover)
            )
        except TimeoutException:
            return accepted(references) or Answer("unknown", cause="timeout")
        except ModemLost:
            return accepted(references) or Answer("unknown", cause="lost")
        except ModemStopped:
            return accepted(references) or Answer("unknown", cause="stopped")
        return judge(reply, references)

    def _until_prompt(self, command: str) -> Answer | None:
        """Get to text entry; None when there. Until then nothing can have been sent."""
        try:
            for attempt in range(_RETRIES + 1):
                reply = self._exchange(command, self._prompt_timeout, prompt=True)
                if reply.final is None:
                    if self.inter_phase_delay:
                        self._pause(self.inter_phase_delay)
                    return None
                if reply.final == "OK":
                    return Answer("unsent", cause="no_prompt")
                cause = cause_of(reply.final)
                if cause not in BUSY or attempt == _RETRIES:
                    # Without SIM or network it has not even looked at the message.
                    return Answer("unsent" if cause in OWN_CAUSES else "refused", cause=cause)
                self._pause(min(0.2 * 2**attempt, 2.0))
        except TimeoutException:
            self._try_escape()
            return Answer("unsent", cause="no_prompt")
        except ModemStopped:
            self._try_escape()
            return Answer("unsent", cause="stopped")
        except ModemLost:
            return Answer("unsent", cause="lost")
        raise AssertionError("the last retry returned")

    def _try_escape(self) -> None:
        with suppress(ModemLost):  # whoever uses the port next is told
            self._escape()

    # -- what comes on its own ----------------------------------------------------------------

    def _aside(self, event: Event) -> None:
        if event.kind != "stray" and not self._urc(event):
            self._unclaimed.append([event.line])

    def _handleModemNotification(self, lines: list[str]) -> None:
        """Calls, USSD, DTMF: the library's handlers, in this thread, and whatever they raise."""
        try:
            self._GsmModem__threadedHandleModemNotification(lines)
        except (ModemLost, ModemStopped):
            raise
        except Exception:  # noqa: BLE001 - its parsers raise on what they do not know
            return
