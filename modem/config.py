"""How one modem of the bank is reached and how patient to be with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import ModemError
from .ladder import Ladder
from .vendors.profiles import AUTO, NAMES

SWITCHES = ("cs_sms", "ims_on", "ims_off", "auto_mode", "gsm_only", "lte_only")
"""Bearer and IMS settings a profile may know a command for."""

_SMSC = re.compile(r"\+[0-9]{5,15}")


class ModemConfigError(ModemError):
    """A modem's configuration cannot work, whatever the hardware does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemConfig:
    """One port of the bank. Times are in seconds.

    Raises ModemConfigError when it cannot work: no label, a port that is neither ``auto``, an
    absolute path nor a URL, a PIN that is not 4 to 8 digits, a service centre that is not ``+``
    and digits, an unknown profile or switch, a patience that is not positive.
    """

    port: str
    """An absolute device path (``/dev/serial/by-path/…``), a ``socket://host:port`` URL, or
    ``auto``: whichever port the modem is found at."""
    label: str
    """The modem's name everywhere else; unique in the bank."""
    baudrate: int = 115200
    pin: str | None = field(default=None, repr=False)
    """The SIM's PIN; tried once, and never while the SIM has a failed attempt on its counter."""
    imei: str = field(default="", repr=False)
    """The modem meant; no other is taken. Empty: the first one found is remembered."""
    profile: str = AUTO
    """Name of a vendor profile, or ``auto``: by what the modem says of itself."""
    smsc: str = field(default="", repr=False)
    """The service centre's number, ``+`` and digits; written to a SIM that holds none or another
    one. Empty: what the SIM holds stays."""
    switches: tuple[str, ...] = ()
    """Of :data:`SWITCHES`; set at every opening where the profile knows how. Some change what the
    modem keeps over a power cycle: none is set unless asked for."""
    submit_timeout: float | None = None
    """From Ctrl-Z to the answer, above the network's own TR1M of 35-45 s (3GPP TS 24.011 §10).
    None: the profile's, by the radio technology in use."""
    prompt_timeout: float = 5.0
    """From ``AT+CMGS=n`` to the prompt."""
    command_timeout: float = 10.0
    """For any other command."""
    probe_timeout: float = 1.0
    """For the first ``AT`` on a port, three times: what does not answer is no modem."""
    recover_timeout: float = 30.0
    """How long to ask a modem that fell silent before the port is opened anew."""
    late_timeout: float = 10.0
    """How long a modem rests after a time-out for the late answer, before it takes new work."""
    inter_phase_delay: float | None = None
    """Pause between the prompt and the PDU. None: the profile's; some old modems need 0.1."""
    poll_interval: float = 60.0
    """How often an idle modem is asked for signal and registration."""
    rtscts: bool = False
    reject_calls: bool = True
    """Hang up on whoever calls: a ringing modem sends nothing."""
    ladder: Ladder = field(default_factory=Ladder)
    """What is tried when the modem is sick, and how patiently."""

    def __post_init__(self) -> None:
        if not self.label:
            raise ModemConfigError("a modem needs a label")
        if self.port != AUTO and not self.port.startswith("/") and "://" not in self.port:
            raise ModemConfigError(
                f"modem {self.label}: port must be an absolute path, a URL or auto,"
                f" not {self.port!r}"
            )
        if self.profile != AUTO and self.profile not in NAMES:
            raise ModemConfigError(
                f"modem {self.label}: no profile {self.profile!r}; there are: {', '.join(NAMES)}"
            )
        if unknown := [name for name in self.switches if name not in SWITCHES]:
            raise ModemConfigError(
                f"modem {self.label}: no switch {unknown[0]!r}; there are: {', '.join(SWITCHES)}"
            )
        if self.smsc and not _SMSC.fullmatch(self.smsc):
            raise ModemConfigError(
                f"modem {self.label}: smsc is written with its country code, such as +8613800100500"
            )
        if self.pin is not None and not (
            self.pin.isascii() and self.pin.isdigit() and 4 <= len(self.pin) <= 8
        ):
            raise ModemConfigError(f"modem {self.label}: a PIN has 4 to 8 digits")
        patience = (
            1.0 if self.submit_timeout is None else self.submit_timeout,
            self.prompt_timeout,
            self.command_timeout,
            self.probe_timeout,
            self.recover_timeout,
            self.poll_interval,
        )
        if min(patience) <= 0 or min(self.late_timeout, self.inter_phase_delay or 0.0) < 0:
            raise ModemConfigError(f"modem {self.label}: a time-out must be above zero")
