"""``estate-sms modems pause|drain|resume``: one modem taken out of service and back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ..client import Client
from ..errors import Exit, GatewayError
from ..language import _, word
from .options import config_option, load_config, say
from .session import client

_POLL = 0.25
_BUSY = frozenset({"ready", "sending"})
_reason = click.option("--reason", default="", help="Goes into the record.")


@click.command("pause")
@config_option
@_reason
@click.argument("label")
def pause(config_path: Path | None, reason: str, label: str) -> None:
    """Let the modem LABEL begin nothing more, also after a restart."""
    modem = _call(client(load_config(config_path)), label, "pause", reason)
    words = _("modem {label} begins nothing more; it is {state}")
    say(words.format(label=label, state=word(modem["state"])))


@click.command("drain")
@config_option
@_reason
@click.option("--timeout", default=120.0, show_default=True, help="Seconds to wait at most.")
@click.argument("label")
@click.pass_context
def drain(
    ctx: click.Context, /, config_path: Path | None, reason: str, timeout: float, label: str
) -> None:
    """Pause the modem LABEL and wait until what it has on the air got its answer."""
    http = client(load_config(config_path))
    modem = _call(http, label, "pause", reason)
    deadline = time.monotonic() + timeout
    while modem["state"] in _BUSY:
        if time.monotonic() > deadline:
            say(
                _("modem {label} still waits for the answer of its last message").format(
                    label=label
                )
            )
            ctx.exit(Exit.TIMED_OUT)
        time.sleep(_POLL)
        modem = http.call("GET", f"/api/v1/modems/{label}")
    words = _("modem {label} is {state}: it can be unplugged")
    say(words.format(label=label, state=word(modem["state"])))


@click.command("resume")
@config_option
@_reason
@click.argument("label")
def resume(config_path: Path | None, reason: str, label: str) -> None:
    """Let a paused modem go on."""
    _call(client(load_config(config_path)), label, "resume", reason)
    say(_("modem {label} goes on").format(label=label))


def _call(http: Client, label: str, verb: str, reason: str) -> dict[str, Any]:
    known = [m["label"] for m in http.call("GET", "/api/v1/modems")["items"]]
    if label not in known:
        words = _("there is no modem {label}; there are: {known}")
        raise GatewayError(words.format(label=label, known=", ".join(known)))
    modem: dict[str, Any] = http.call("POST", f"/api/v1/modems/{label}/{verb}", {"reason": reason})
    return modem
