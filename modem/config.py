"""How one modem of the bank is reached and how patient to be with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import ModemError


class ModemConfigError(ModemError):
    """A modem's configuration cannot work, whatever the hardware does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemConfig:
    """One port of the bank. Times are in seconds.

    Raises ModemConfigError when it cannot work: no label, a port that is neither an absolute path
    nor a URL, a PIN that is not 4 to 8 digits, a patience that is not positive.
    """

    port: str
    """An absolute device path (``/dev/serial/by-path/…``) or a ``socket://host:port`` URL."""
    label: str
    """The modem's name everywhere else; unique in the bank."""
    baudrate: int = 115200
    pin: str | None = field(default=None, repr=False)
    """The SIM's PIN; tried once, and never while the SIM has a failed attempt on its counter."""
    submit_timeout: float = 60.0
    """From Ctrl-Z to the answer. Above the network's own TR1M of 35-45 s (3GPP TS 24.011 §10)."""
    prompt_timeout: float = 5.0
    """From ``AT+CMGS=n`` to the prompt."""
    command_timeout: float = 10.0
    """For any other command."""
    probe_timeout: float = 1.0
    """For the first ``AT`` on a port, three times: what does not answer is no modem."""
    recover_timeout: float = 120.0
    """How long to wait for a modem that fell silent before the port is opened anew."""
    late_timeout: float = 10.0
    """How long a modem rests after a time-out for the late answer, before it takes new work."""
    inter_phase_delay: float = 0.0
    """Pause between the prompt and the PDU; some Siemens and Wavecom modems need 0.1."""
    poll_interval: float = 60.0
    """How often an idle modem is asked for signal and registration."""
    rtscts: bool = False

    def __post_init__(self) -> None:
        if not self.label:
            raise ModemConfigError("a modem needs a label")
        if not self.port.startswith("/") and "://" not in self.port:
            raise ModemConfigError(
                f"modem {self.label}: port must be an absolute path or a URL, not {self.port!r}"
            )
        if self.pin is not None and not (
            self.pin.isascii() and self.pin.isdigit() and 4 <= len(self.pin) <= 8
        ):
            raise ModemConfigError(f"modem {self.label}: a PIN has 4 to 8 digits")
        patience = (
            self.submit_timeout,
            self.prompt_timeout,
            self.command_timeout,
            self.probe_timeout,
            self.recover_timeout,
            self.poll_interval,
        )
        if min(patience) <= 0 or min(self.late_timeout, self.inter_phase_delay) < 0:
            raise ModemConfigError(f"modem {self.label}: a time-out must be above zero")
