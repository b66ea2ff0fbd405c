"""``estate-sms recall``: stop, delete, replace, correct; and what was achieved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..language import N_, _, word
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client


@click.group("recall")
def command() -> None:
    """Recall a message or a batch, or show what a recall achieved."""


@command.command("start")
@config_option
@json_option
@click.option("--reason", required=True, help="Goes into the record.")
@click.option("--correction", help="Text for exactly those it reached.")
@click.argument("target")
def start(
    config_path: Path | None, as_json: bool, reason: str, correction: str | None, target: str
) -> None:
    """Recall TARGET, the id of a message (m…) or of a batch (b…)."""
    kind = "batches" if target.startswith("b") else "messages"
    body = {"reason": reason} | ({"correction_text": correction} if correction else {})
    answer = client(load_config(config_path)).call("POST", f"/api/v1/{kind}/{target}/recall", body)
    if as_json:
        print_json(answer)
    else:
        click.echo(answer["id"])
        say(_("what it achieves: estate-sms recall show {id}").format(id=answer["id"]))


@command.command("show")
@config_option
@json_option
@click.argument("recall")
def show(config_path: Path | None, as_json: bool, recall: str) -> None:
    """Show per outcome how many recipients RECALL reached so."""
    answer: dict[str, Any] = client(load_config(config_path)).call(
        "GET", f"/api/v1/recalls/{recall}"
    )
    if as_json:
        print_json(answer)
        return
    rows = [(word(outcome), count) for outcome, count in answer["counts"].items() if count]
    print_table((N_("outcome"), N_("recipients")), rows)
    say(_("recall {id} is {state}").format(id=answer["id"], state=word(answer["state"])))


@command.command("summary")
@config_option
@json_option
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the page."
)  # fmt: skip
@click.argument("recall")
def summary(config_path: Path | None, as_json: bool, language: str, recall: str) -> None:
    """Print one page about RECALL in plain words: for whoever has to answer for the notice."""
    answer: dict[str, Any] = client(load_config(config_path)).call(
        "GET", f"/api/v1/recalls/{recall}/summary", query={"language": language}
    )
    if as_json:
        print_json(answer)
    else:
        click.echo(answer["text"], nl=False)
