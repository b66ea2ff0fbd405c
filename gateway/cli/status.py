"""``estate-sms status``: the queue at a glance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from ..client import Client
from ..errors import Exit
from ..language import N_, _, word
from .alarms import line
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client
from .watch import left, until

_OPEN_BATCHES = ("held", "scheduled", "sending", "paused")
_SHOWN = 20
"""Batches of a state that are shown, newest first."""
_HEADINGS = (N_("batch"), N_("state"), N_("priority"), N_("messages"), N_("left"))


@click.command("status")
@config_option
@json_option
@click.option("--watch", "watching", is_flag=True, help="Keep the screen up to date; Ctrl-C ends.")
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool, watching: bool) -> None:
    """Show the open batches, their messages by state, and the modems."""
    config = load_config(config_path)
    http = client(config)
    if watching:
        from .watch import watch

        watch(lambda: client(config), collect)
    answer = collect(http)
    if as_json:
        print_json(answer)
    else:
        show(answer)
    if answer["in_doubt"]:
        ctx.exit(Exit.IN_DOUBT)
    if not answer["modems"].get("ready", 0) + answer["modems"].get("sending", 0):
        ctx.exit(Exit.NO_MODEM)


def collect(http: Client) -> dict[str, Any]:
    """Open batches, modems by state, and how many messages are in doubt."""
    batches: list[dict[str, Any]] = []
    for state in _OPEN_BATCHES:
        query = {"state": state, "limit": _SHOWN}
        page = http.call("GET", "/api/v1/batches", query=query)
        batches += [http.call("GET", f"/api/v1/batches/{item['id']}") for item in page["items"]]
    bank = http.call("GET", "/api/v1/modems")["items"]
    modems = Counter(m["state"] for m in bank)
    alarms = http.call("GET", "/api/v1/alarms")
    query = {"state": "in_doubt", "limit": 500}
    doubtful = http.call("GET", "/api/v1/messages", query=query)
    more = "+" if doubtful["next_cursor"] else ""
    return {
        "url": http.url,
        "bank": bank,
        "batches": batches,
        "modems": dict(modems),
        "alarms": alarms["open"],
        "untold": alarms["untold"],
        "in_doubt": len(doubtful["items"]),
        "in_doubt_more": bool(more),
    }


def show(answer: dict[str, Any]) -> None:
    """Print what :func:`collect` found, for people."""
    rows = [
        (b["id"], word(b["state"]), word(b["priority"]), _counts(b["counts"]), _eta(b))
        for b in answer["batches"]
    ]
    if rows:
        print_table(_HEADINGS, rows)
    else:
        say(_("nothing waits"))
    say(_("modems: {modems}").format(modems=_counts(answer["modems"]) or _("none")))
    for alarm in answer["alarms"]:
        say(line(alarm))
    if answer["untold"]:
        why = word(answer["untold"]).replace("_", " ")
        say(_("the duty phones could not be told: {why}").format(why=why))
    if answer["in_doubt"]:
        plus = "+" if answer["in_doubt_more"] else ""
        words = _("{count} messages are in doubt: sent or not, nobody knows yet")
        say(words.format(count=f"{answer['in_doubt']}{plus}"))


def _counts(counts: dict[str, int]) -> str:
    return _(", ").join(
        _("{count} {state}").format(count=n, state=word(state)) for state, n in counts.items() if n
    )


def _eta(batch: dict[str, Any]) -> str:
    if batch["done_by"] is None:
        return word(batch["eta_unknown"] or "").replace("_", " ")
    words = _("about {left}, done by {end}")
    return words.format(left=left(batch["eta_seconds"]), end=until(batch["done_by"]))
