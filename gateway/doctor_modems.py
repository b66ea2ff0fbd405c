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
from .config import Config, ModemEntry
from .errors import GatewayError
from .findings import Finding, Grade

_FULL = 0.8
_REASONS: Mapping[str, tuple[str, str]] = {
    "no_port": ("its port is gone", "check cable and hub; ls -l /dev/serial/by-path"),
    "lost": ("it was unplugged or lost power", "check cable, hub and its power supply"),
    "reset": ("it restarted by itself", "a powered hub, a shorter cable: modems draw 2 A when they send"),
    "busy": ("another program has its port", "systemctl mask --now ModemManager; fuser -v PORT"),
    "denied": ("no rights on its port", "usermod -aG dialout estate-sms, then restart the service"),
    "port": ("its port cannot be opened", "estate-sms modems probe PORT"),
    "no_modem": ("nothing answers AT", "is it the AT port? estate-sms modems probe PORT"),
    "no_answer": ("it stopped answering", "unplug it, plug it in again; set power_command"),
    "wrong_modem": ("another modem is at its port", "correct [[modem]] imei, or use port = \"auto\""),
    "no_sim": ("no SIM", "put one in; clean its contacts"),
    "no_imsi": ("the SIM does not say who it is", "take it out, put it in again"),
    "pin": ("the SIM wants its PIN", "set [[modem]] pin, or switch the PIN off in a phone"),
    "pin_wrong": ("the SIM refused the PIN, or has a failed try on its counter",
                  "enter it in a phone, then correct [[modem]] pin"),
    "pin_doubtful": ("nobody knows whether the PIN was tried", "enter it in a phone"),
    "puk": ("the SIM is blocked", "unblock it with its PUK in a phone"),
    "not_registered": ("no network", "check antenna and SIM contract; try another operator"),
    "registration_denied": ("the network refuses the SIM", "ask the operator: barred, or in arrears?"),
    "sim_unregistered": ("its SIM is not in the register",
                         "estate-sms privacy register-sim --holder NAME IMSI, as estate-sms privacy sims shows it"),
    "modem_unregistered": ("its SIM is registered, and this modem is not the estate's",
                           "find out who moved the SIM; if it is right, register-sim once more"),
    "refuses": ("it refuses every message", "check the SIM's credit and contract"),
}  # fmt: skip


def ports(config: Config) -> Iterator[Finding]:
    """The ports, as far as one can see them without opening them."""
    if not config.modem:
        yield Finding("error", "no [[modem]] is configured",
                      "ls -l /dev/serial/by-path, or try: estate-sms serve --emulate 4")  # fmt: skip
    for entry in config.modem:
        yield _port(entry)
    if any(entry.port == AUTO for entry in config.modem):
        found = [device for device in devices(Places()) if at_ports(device)]
        grade: Grade = "ok" if found else "error"
        yield Finding(grade, f"{len(found)} serial devices could be modems",
                      "" if found else "check cable and hub; lsusb")  # fmt: skip


def _port(entry: ModemEntry) -> Finding:
    label = entry.label or entry.port
    if "://" in entry.port:
        return Finding("note", f"modem {label} is reached over the network")
    if entry.port == AUTO:
        return Finding("ok", f"modem {label} is looked for at every port")
    if not Path(entry.port).exists():
        return Finding("error", f"modem {label}: {entry.port} does not exist",
                       "ls -l /dev/serial/by-path and correct [[modem]] port")  # fmt: skip
    if not os.access(entry.port, os.R_OK | os.W_OK):
        return Finding("error", f"modem {label}: no rights on {entry.port}",
                       "usermod -aG dialout estate-sms, then restart the service")  # fmt: skip
    return Finding("ok", f"modem {label}: {entry.port} is there")


def manager(config: Config) -> Iterator[Finding]:
    """ModemManager opens every modem it sees, and steals half of each answer."""
    systemctl = shutil.which("systemctl")
    if systemctl is None or not config.modem:
        return
    asked = subprocess.run(  # noqa: S603 - a fixed command
        [systemctl, "is-active", "--quiet", "ModemManager"], check=False, timeout=10
    )
    if asked.returncode == 0:
        yield Finding("warning", "ModemManager runs and may take the modems' ports",
                      "systemctl mask --now ModemManager, or install the udev rules")  # fmt: skip


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
        yield Finding("ok", f"modem {label} is {state} ({modem.get('operator') or 'no operator'})")
    else:
        what, fix = _REASONS.get(reason, (reason or state, "estate-sms modems probe PORT"))
        fix = fix.replace("PORT", modem.get("device") or "PORT")
        grade: Grade = "warning" if state in ("starting", "resting", "searching") else "error"
        yield Finding(grade, f"modem {label} is {state}: {what}", fix)
    yield from _settings(label, modem)


def _settings(label: str, modem: Mapping[str, Any]) -> Iterator[Finding]:
    """What lets a modem look well and fail."""
    signal, used, total = modem.get("signal"), modem.get("storage_used"), modem.get("storage_total")
    if modem.get("imei") and not modem.get("smsc"):
        yield Finding("error", f"modem {label}: the SIM has no service centre number",
                      'put the SIM into a phone and set it, or AT+CSCA="+…"')  # fmt: skip
    if signal is not None and signal < SMS_WEAK and modem.get("registration") in REGISTERED:
        yield Finding("warning", f"modem {label}: weak signal ({signal} of 31)",
                      "a better antenna or place; check the connector")  # fmt: skip
    if total and used is not None and used > total * _FULL:
        yield Finding("warning", f"modem {label}: storage {used} of {total} is taken",
                      "it is emptied once messages are durable; else read the SIM in a phone")  # fmt: skip
