"""``estate-sms batch``: look at one, or decide about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from ..language import N_, _, word
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client

_EMERGENCIES = (
    N_("batch"), N_("submitter"), N_("recipients"), N_("sent_at"), N_("due_at"), N_("overdue"),
)  # fmt: skip


@click.group("batch")
def command() -> None:
    """Show a batch, or stop, hold or release it."""


@command.command("show")
@config_option
@json_option
@click.argument("batch")
def show(config_path: Path | None, as_json: bool, batch: str) -> None:
    """Show BATCH: its state and its messages by state."""
    answer = client(load_config(config_path)).call("GET", f"/api/v1/batches/{batch}")
    _print(answer, as_json)


@command.command("cancel")
@config_option
@json_option
@click.option("--reason", default="", help="Goes into the record.")
@click.argument("batch")
def cancel(config_path: Path | None, as_json: bool, reason: str, batch: str) -> None:
    """Stop what of BATCH is not yet on the air."""
    _decide(config_path, as_json, batch, "cancel", {"reason": reason} if reason else {})


@command.command("pause")
@config_option
@json_option
@click.argument("batch")
def pause(config_path: Path | None, as_json: bool, batch: str) -> None:
    """Keep the rest of BATCH back until it is resumed."""
    _decide(config_path, as_json, batch, "pause", {})


@command.command("resume")
@config_option
@json_option
@click.argument("batch")
def resume(config_path: Path | None, as_json: bool, batch: str) -> None:
    """Let a paused BATCH go on."""
    _decide(config_path, as_json, batch, "resume", {})


@command.command("priority")
@config_option
@click.option("--reason", default="", help="Goes into the record.")
@click.argument("batch")
@click.argument("priority", type=click.Choice(["urgent", "normal", "bulk"]))
def prioritise(config_path: Path | None, reason: str, batch: str, priority: str) -> None:
    """Put what of BATCH waits into the class PRIORITY; urgent only if it was submitted so."""
    http = client(load_config(config_path))
    body = {"priority": priority, "reason": reason}
    moved = http.call("POST", f"/api/v1/batches/{batch}/priority", body)["moved"]
    words = _("{count} messages of batch {id} are {priority} now")
    say(words.format(count=moved, id=batch, priority=word(priority)))


@command.command("emergencies")
@config_option
@json_option
def emergencies(config_path: Path | None, as_json: bool) -> None:
    """List emergencies that wait for a countersign. Exit code 4 when one is overdue."""
    items: list[dict[str, Any]]
    items = client(load_config(config_path)).call("GET", "/api/v1/emergencies")["items"]
    late = sum(item["overdue"] for item in items)
    if as_json:
        print_json(items)
    else:
        print_table(_EMERGENCIES, [[item[column] for column in _EMERGENCIES] for item in items])
        words = _("{count} wait for another person, {late} of them overdue")
        say(words.format(count=len(items), late=late))
    raise click.exceptions.Exit(Exit.NOT_AUTHORISED if late else Exit.OK)


def _decide(
    config_path: Path | None, as_json: bool, batch: str, verb: str, body: dict[str, str]
) -> None:
    http = client(load_config(config_path))
    _print(http.call("POST", f"/api/v1/batches/{batch}/{verb}", body), as_json)


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    rows = [(word(state), count) for state, count in answer["counts"].items()]
    print_table((N_("state"), N_("messages")), rows)
    say(_("batch {id} is {state}").format(id=answer["id"], state=word(answer["state"])))
