"""``estate-sms people``: who may submit and decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..language import N_, _
from .administration import administration
from .options import config_option, json_option, load_config, print_json, print_table, rows, say

_COLUMNS = ("id", N_("name"), N_("created_at"), N_("disabled_at"))


@click.group("people")
def command() -> None:
    """Add, list or disable persons. Works with and without a running service."""


@command.command("add")
@config_option
@json_option
@click.argument("name")
def add(config_path: Path | None, as_json: bool, name: str) -> None:
    """Add a person called NAME; prints the id."""
    person = administration(load_config(config_path)).add_person(name)
    if as_json:
        print_json(person)
    else:
        click.echo(person["id"])


@command.command("list")
@config_option
@json_option
def show(config_path: Path | None, as_json: bool) -> None:
    """List everyone, disabled ones too."""
    people: list[dict[str, Any]] = administration(load_config(config_path)).list_people()
    if as_json:
        print_json(people)
    else:
        print_table(_COLUMNS, rows(people, _COLUMNS))


@command.command("disable")
@config_option
@click.argument("person")
def disable(config_path: Path | None, person: str) -> None:
    """Disable PERSON (id or name): their keys stop at once."""
    administration(load_config(config_path)).disable_person(person)
    say(_("{person} is disabled; their keys no longer work").format(person=person))
