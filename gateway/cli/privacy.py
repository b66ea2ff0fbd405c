"""``estate-sms privacy``: rights of the people behind the numbers, ledger, registers, keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..language import N_, _, word
from .options import config_option, json_option, load_config, print_json, print_table, rows, say
from .privacy_keys import key_file, rotate_key
from .privacy_ledger import disclose, disclosures, ledger
from .privacy_sims import register_sim, retire_sim, sims
from .rights import rights


@click.group("privacy")
def command() -> None:
    """Erase, report, correct; ledger, SIM register, key rotation. With and without a service."""


@command.command("erase")
@config_option
@json_option
@click.option("--reason", default="", help="Goes into the record.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("number")
def erase(config_path: Path | None, as_json: bool, reason: str, yes: bool, number: str) -> None:
    """Forget NUMBER: at once, or restricted until the ledger's time is over."""
    if not yes:
        click.confirm(_("What is destroyed cannot be brought back. Go on?"), abort=True, err=True)
    answer = rights(load_config(config_path)).erase(number, reason)
    _show_erasure(answer, as_json)


@command.command("erasures")
@config_option
@json_option
def erasures(config_path: Path | None, as_json: bool) -> None:
    """List requests to be forgotten."""
    items = rights(load_config(config_path)).erasures()
    if as_json:
        print_json(items)
    else:
        columns = ("id", N_("state"), N_("requested_at"), N_("due_at"), N_("shredded_at"))
        print_table(columns, rows(items, columns))


@command.command("certificate")
@config_option
@json_option
@click.argument("erasure")
def certificate(config_path: Path | None, as_json: bool, erasure: str) -> None:
    """Print the certificate of the request ERASURE."""
    _show_erasure(rights(load_config(config_path)).erasure(erasure), as_json)


def _show_erasure(answer: dict[str, Any], as_json: bool) -> None:
    import msgspec

    from ...estate.certificate import in_words

    if as_json:
        print_json(answer)
    elif answer["certificate"] is not None:
        click.echo(in_words(msgspec.json.encode(answer["certificate"]).decode()), nl=False)
    else:
        click.echo(answer["id"])
        words = _(
            "{state}: the law wants the ledger kept until {due}; nothing but emergencies is sent to "
            "this number, and its key is destroyed on that day"
        )
        say(words.format(state=word(answer["state"]), due=answer["due_at"]))


@command.command("report")
@config_option
@json_option
@click.argument("number")
def report(config_path: Path | None, as_json: bool, number: str) -> None:
    """Print all that is kept about NUMBER, for its holder. The request is recorded."""
    answer = rights(load_config(config_path)).report(number)
    if as_json:
        print_json(answer["data"])
    else:
        click.echo(answer["text"])


@command.command("correct")
@config_option
@json_option
@click.option("--reason", default="", help="Goes into the record.")
@click.argument("before")
@click.argument("after")
def correct(config_path: Path | None, as_json: bool, reason: str, before: str, after: str) -> None:
    """A person's number changed from BEFORE to AFTER: what waits goes to the new one."""
    answer = rights(load_config(config_path)).correct(before, after, reason)
    if as_json:
        print_json(answer)
        return
    for batch in answer["batches"]:
        click.echo(batch)
    words = _("{cancelled} waiting messages cancelled, {anew} sent anew")
    say(words.format(cancelled=answer["cancelled"], anew=len(answer["batches"])))


@command.command("purge")
@config_option
@json_option
def purge(config_path: Path | None, as_json: bool) -> None:
    """Do the nightly purge now."""
    answer = rights(load_config(config_path)).purge()
    if as_json:
        print_json(answer)
    else:
        print_table((N_("purged"), N_("number")), [(word(kind), n) for kind, n in answer.items()])


for verb in (
    ledger, disclose, disclosures, rotate_key, key_file, sims, register_sim, retire_sim,
):  # fmt: skip
    command.add_command(verb)
