"""``estate-sms message``: stop one that waits, or decide about one in doubt."""

from __future__ import annotations

from pathlib import Path

import click

from ..language import _, word
from .options import config_option, json_option, load_config, print_json, say
from .session import client

_message = click.argument("message")


@click.group("message")
def command() -> None:
    """Stop one message, or decide about one in doubt."""


@command.command("cancel")
@config_option
@json_option
@click.option("--reason", default="", help="Goes into the record.")
@_message
def cancel(config_path: Path | None, as_json: bool, reason: str, message: str) -> None:
    """Stop MESSAGE, of which nothing has begun; the rest of its batch goes on."""
    _decide(config_path, as_json, message, "cancel", reason)


@command.command("requeue")
@config_option
@json_option
@click.option("--reason", required=True, help="Goes into the record.")
@_message
def requeue(config_path: Path | None, as_json: bool, reason: str, message: str) -> None:
    """Send MESSAGE, which is in doubt, again: its recipient may get it twice."""
    _decide(config_path, as_json, message, "requeue", reason)


@command.command("close")
@config_option
@json_option
@click.option("--reason", required=True, help="Goes into the record.")
@_message
def close(config_path: Path | None, as_json: bool, reason: str, message: str) -> None:
    """Give up on MESSAGE, which is in doubt; a late report may still prove that it arrived."""
    _decide(config_path, as_json, message, "close", reason)


def _decide(config_path: Path | None, as_json: bool, message: str, verb: str, reason: str) -> None:
    http = client(load_config(config_path))
    answer = http.call("POST", f"/api/v1/messages/{message}/{verb}", {"reason": reason})
    if as_json:
        print_json(answer)
    say(_("message {id} is {state}").format(id=answer["id"], state=word(answer["state"])))
