"""``estate-sms batch``: look at one, or decide about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client


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


def _verb(name: str, text: str, *, reason: bool) -> None:
    @command.command(name, help=text)
    @config_option
    @json_option
    @click.option("--reason", required=reason, help="Goes into the record.")
    @click.argument("batch")
    def decide(config_path: Path | None, as_json: bool, reason: str | None, batch: str) -> None:
        body = {"reason": reason} if reason else {}
        answer = client(load_config(config_path)).call(
            "POST", f"/api/v1/batches/{batch}/{name}", body
        )
        _print(answer, as_json)

    del decide


_verb("cancel", "Stop what of BATCH is not yet on the air.", reason=False)
_verb("pause", "Keep the rest of BATCH back until it is resumed.", reason=False)
_verb("resume", "Let a paused BATCH go on.", reason=False)


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    print_table(("state", "messages"), list(answer["counts"].items()))
    say(f"batch {answer['id']} is {answer['state']}")
