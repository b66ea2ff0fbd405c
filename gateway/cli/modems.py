"""``estate-sms modems``: the bank at a glance; ``probe``: one port in depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..config import Config
from ..errors import Exit
from ..heard import heard
from ..language import N_, _, word
from .help import cells
from .modem_pause import drain, pause, resume
from .options import config_option, json_option, load_config, print_json, print_table
from .session import client

_COLUMNS = (
    N_("label"), N_("state"), N_("operator"), N_("technology"), N_("registration"), N_("signal"), N_("quota"),
    N_("gap"), "imei", "smsc", N_("bearer"), N_("profile"), N_("step"), N_("reason"),
)  # fmt: skip

_NAMES = 11
"""Columns of what was looked at, in a probe."""


@click.group("modems", invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool) -> None:
    """List the modems: identity, network, signal, state, quotas used, pace."""
    if ctx.invoked_subcommand is not None:
        return
    answer = client(load_config(config_path)).call("GET", "/api/v1/modems")
    modems: list[dict[str, Any]] = answer["items"]
    if as_json:
        print_json(answer)
    else:
        rows = [modem | _shown(modem) for modem in modems]
        print_table(_COLUMNS, [[row.get(column) for column in _COLUMNS] for row in rows])
    usable = any(modem["state"] in {"ready", "sending"} for modem in modems)
    ctx.exit(Exit.OK if usable else Exit.NO_MODEM)


def _shown(modem: dict[str, Any]) -> dict[str, str]:
    """What people read otherwise than programs do."""
    return {"state": word(modem["state"]), "quota": _quota(modem), "gap": _gap(modem)}


def _quota(modem: dict[str, Any]) -> str:
    """What is used of each limit; ``!``: more than that, which only emergencies do."""
    used = {name: (quota["used"], quota["limit"]) for name, quota in modem["quotas"].items()}
    return ", ".join(
        f"{name.replace('_', '/')} {n}/{limit}{'!' if n > limit else ''}"
        for name, (n, limit) in used.items()
    )


def _gap(modem: dict[str, Any]) -> str:
    """What it waits between messages because its operator refused some."""
    return f"{modem['gap_seconds']:g} s" if modem.get("gap_seconds") else ""


for verb in (pause, drain, resume):
    command.add_command(verb)


@command.command("probe")
@click.argument("port")
@click.option("--baudrate", default=115_200, show_default=True, help="Speed of a real serial port.")
@click.option("--profile", default="auto", show_default=True, help="A vendor profile by name.")
@config_option
@json_option
@click.pass_context
def probe(
    ctx: click.Context, /, port: str, baudrate: int, profile: str, config_path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Look at what is behind PORT (a path, URL or configured label), and why it is treated so.

    Never enters a PIN. The service must not have the port open meanwhile.
    """
    from ...modem.probe import probe as look
    from ...modem.vendors.profiles import AUTO, NAMES

    if profile not in (AUTO, *NAMES):
        raise click.BadParameter(
            _("there are: {names}").format(names=", ".join((AUTO, *NAMES))), param_hint="--profile"
        )
    if not port.startswith("/") and "://" not in port:
        port, baudrate = _labelled(load_config(config_path), port)
    fine = True
    kept: list[dict[str, object]] = []
    for found in look(port, baudrate=baudrate, profile=profile):
        fine = fine and found.ok
        if as_json:
            kept.append(
                {"what": found.what, "value": found.value, "why": found.why, "ok": found.ok}
            )
            continue
        mark = click.style("!", fg="red") if not found.ok else " "
        what = heard(found.what)
        why = f"  – {heard(found.why)}" if found.why else ""
        click.echo(f"{mark} {what}{' ' * (_NAMES - cells(what))}{heard(found.value)}{why}")
    if as_json:
        print_json(kept)
    ctx.exit(Exit.OK if fine else Exit.NO_MODEM)


def _labelled(config: Config, label: str) -> tuple[str, int]:
    for entry in config.modem:
        if label == (entry.label or entry.port) and entry.port != "auto":
            return entry.port, entry.baudrate
    words = _("no path, and no [[modem]] {label!r} with a port")
    raise click.BadParameter(words.format(label=label), param_hint="PORT")
