"""What the doctor says of the modems, from outside and, when a service runs, from inside."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..modem.discovery import Places, at_ports, devices
from ..modem.state import REGISTERED, SMS_WEAK
from ..modem.vendors.profiles import AUTO
from .client import Client
from .config import Config
from .errors import GatewayError
from .findings import Finding, Grade
from .language import N_, _, word
from .sections import ModemEntry

_FULL = 0.8
_REASONS: Mapping[str, tuple[str, str]] = {
    "no_port": (N_("its port is gone"), N_("check cable and hub; ls -l /dev/serial/by-path")),
    "lost": (N_("it was unplugged or lost power"), N_("check cable, hub and its power supply")),
    "reset": (N_("it restarted by itself"), N_("a powered hub, a shorter cable: modems draw 2 A when they send")),
    "busy": (N_("another program has its port"), "systemctl mask --now ModemManager; fuser -v PORT"),
    "denied": (N_("no rights on its port"), N_("usermod -aG dialout estate-sms, then restart the service")),
    "port": (N_("its port cannot be opened"), "estate-sms modems probe PORT"),
    "no_modem": (N_("nothing answers AT"), N_("is it the AT port? estate-sms modems probe PORT")),
    "no_answer": (N_("it stopped answering"), N_("unplug it, plug it in again; set power_command")),
    "wrong_modem": (N_("another modem is at its port"), N_('correct [[modem]] imei, or use port = "auto"')),
    "no_sim": (N_("no SIM"), N_("put one in; clean its contacts")),
    "no_imsi": (N_("the SIM does not say who it is"), N_("take it out, put it in again")),
    "pin": (N_("the SIM wants its PIN"), N_("set [[modem]] pin, or switch the PIN off in a phone")),
    "pin_wrong": (N_("the SIM refused the PIN, or has a failed try on its counter"),
        N_("enter it in a phone, then correct [[modem]] pin")),
    "pin_doubtful": (N_("nobody knows whether the PIN was tried"), N_("enter it in a phone")),
    "puk": (N_("the SIM is blocked"), N_("unblock it with its PUK in a phone")),
    "not_registered": (N_("no network"), N_("check antenna and SIM contract; try another operator")),
    "registration_denied": (N_("the network refuses the SIM"), N_("ask the operator: barred, or in arrears?")),
    "sim_unregistered": (N_("its SIM is not in the register"),
        N_("estate-sms privacy register-sim --holder NAME IMSI, as estate-sms privacy sims shows it")),
    "modem_unregistered": (N_("its SIM is registered, and this modem is not the estate's"),
        N_("find out who moved the SIM; if it is right, register-sim once more")),
    "refuses": (N_("it refuses every message"), N_("check the SIM's credit and contract")),
}  # fmt: skip


def ports(config: Config) -> Iterator[Finding]:
    """The ports, as far as one can see them without opening them."""
    if not config.modem:
        yield Finding("error", _("no [[modem]] is configured"),
                      _("ls -l /dev/serial/by-path, or try: estate-sms serve --emulate 4"))  # fmt: skip
    for entry in config.modem:
        yield _port(entry)
    if any(entry.port == AUTO for entry in config.modem):
        found = [device for device in devices(Places()) if at_ports(device)]
        grade: Grade = "ok" if found else "error"
        yield Finding(grade, _("{count} serial devices could be modems").format(count=len(found)),
                      "" if found else _("check cable and hub; lsusb"))  # fmt: skip


def _port(entry: ModemEntry) -> Finding:
    label = entry.label or entry.port
    if "://" in entry.port:
        return Finding("note", _("modem {label} is reached over the network").format(label=label))
    if entry.port == AUTO:
        return Finding("ok", _("modem {label} is looked for at every port").format(label=label))
    if not Path(entry.port).exists():
        words = _("modem {label}: {port} does not exist").format(label=label, port=entry.port)
        return Finding("error", words, _("ls -l /dev/serial/by-path and correct [[modem]] port"))
    if not os.access(entry.port, os.R_OK | os.W_OK):
        words = _("modem {label}: no rights on {port}").format(label=label, port=entry.port)
        fix = _("usermod -aG dialout estate-sms, then restart the service")
        return Finding("error", words, fix)
    words = _("modem {label}: {port} is there").format(label=label, port=entry.port)
    return Finding("ok", words)


def manager(config: Config) -> Iterator[Finding]:
    """ModemManager opens every modem it sees, and steals half of each answer."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not config.modem:
        return
    asked = subprocess.run(  # noqa: S603 - a fixed command
        [systemctl, "is-active", "--quiet", "ModemManager"],
        stderr=subprocess.DEVNULL, check=False, timeout=10,
    )  # fmt: skip
    if asked.returncode == 0:
        yield Finding("warning", _("ModemManager runs and may take the modems' ports"),
                      _("systemctl mask --now ModemManager, or install the udev rules"))  # fmt: skip


def service(config: Config) -> Iterator[Finding]:
    """What the running service knows of its modems."""
    try:
        modems = Client.local(Path(config.data_dir)).call("GET", "/api/v1/modems")["items"]
    except GatewayError:
        return  # none runs: another check says so
    for modem in modems:
        yield from _state(modem)


def _state(modem: Mapping[str, Any]) -> Iterator[Finding]:
    label, state, reason = modem["label"], modem["state"], modem.get("reason") or ""
    if state in ("ready", "sending"):
        operator = modem.get("operator") or _("no operator")
        words = _("modem {label} is {state} ({operator})")
        yield Finding("ok", words.format(label=label, state=word(state), operator=operator))
    else:
        what, fix = _REASONS.get(reason, (reason or state, "estate-sms modems probe PORT"))
        fix = _(fix).replace("PORT", modem.get("device") or "PORT")
        grade: Grade = "warning" if state in ("starting", "resting", "searching") else "error"
        words = _("modem {label} is {state}: {what}")
        yield Finding(grade, words.format(label=label, state=word(state), what=_(what)), fix)
    yield from _settings(label, modem)


def _settings(label: str, modem: Mapping[str, Any]) -> Iterator[Finding]:
    """What lets a modem look well and fail."""
    signal, used, total = modem.get("signal"), modem.get("storage_used"), modem.get("storage_total")
    if modem.get("imei") and not modem.get("smsc"):
        words = _("modem {label}: the SIM has no service centre number").format(label=label)
        yield Finding(
            "error",
            words,
            _("set [[modem]] smsc to the number the operator names, or set it in a phone"),
        )
    if signal is not None and signal < SMS_WEAK and modem.get("registration") in REGISTERED:
        words = _("modem {label}: weak signal ({signal} of 31)").format(label=label, signal=signal)
        yield Finding("warning", words, _("a better antenna or place; check the connector"))
    if total and used is not None and used > total * _FULL:
        words = _("modem {label}: storage {used} of {total} is taken")
        fix = _("it is emptied once messages are durable; else read the SIM in a phone")
        yield Finding("warning", words.format(label=label, used=used, total=total), fix)
