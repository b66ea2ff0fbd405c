"""``estate-sms policy``: read, explain and compare send policies; propose one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...policy.rules import differences
from ..errors import Exit
from ..language import N_, _
from . import explain
from .options import config_option, json_option, load_config, print_json, print_table, rows, say
from .policy_files import FILE, floor_of, read_policy
from .session import client


@click.group("policy")
def command() -> None:
    """Check, explain or compare send policies; show what is in force, propose another."""


@command.command("check")
@config_option
@json_option
@click.argument("file", type=FILE)
def check(config_path: Path | None, as_json: bool, file: Path) -> None:
    """Whether FILE can be used; says where and why not."""
    found = read_policy(file, floor_of(config_path))
    if as_json:
        print_json(
            {
                "version": found.policy.version,
                "hash": found.hash,
                "rules": [rule.name for rule in found.policy.rule],
            }
        )
        return
    words = _("{file}: version {version}, {count} rules: can be used")
    say(words.format(file=file, version=found.policy.version, count=len(found.policy.rule)))
    click.echo(found.hash)


@command.command("diff")
@config_option
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(config_path: Path | None, old: Path, new: Path) -> None:
    """What changes from OLD to NEW: + new, - gone, ~ changed. Exit code 1 when anything does."""
    floor = floor_of(config_path)
    lines = differences(read_policy(old, floor).policy, read_policy(new, floor).policy)
    for line in lines:
        click.echo(line)
    raise click.exceptions.Exit(Exit.FAILURE if lines else Exit.OK)


@command.command("show")
@config_option
@json_option
@click.option("--text", is_flag=True, help="The text in force instead of the list.")
def show(config_path: Path | None, as_json: bool, text: bool) -> None:
    """The policy that the running service has in force, and its versions and proposals."""
    answer: dict[str, Any] = client(load_config(config_path)).call("GET", "/api/v1/policy")
    if as_json:
        print_json(answer)
    elif text:
        click.echo(answer["text"], nl=False)
    else:
        columns = (
            "id", N_("version"), N_("state"), N_("proposed_by"), N_("proposed_at"), N_("decided_by"), N_("hash"),
        )  # fmt: skip
        print_table(columns, rows(answer["versions"], columns))
        words = _("in force: {version} ({hash})")
        say(words.format(version=answer["version"], hash=answer["hash"][:12]))


@command.command("propose")
@config_option
@click.option("--reason", default="", help="Goes into the record.")
@click.argument("file", type=FILE)
def propose(config_path: Path | None, reason: str, file: Path) -> None:
    """Propose FILE to the running service; a person with the scope approve decides."""
    config = load_config(config_path)
    text = read_policy(file, floor_of(config_path)).text
    answer = client(config).call("POST", "/api/v1/policy", {"text": text, "reason": reason})
    click.echo(answer["id"])
    call = f"/api/v1/policy/{answer['id']}/approve"
    say(_("it waits for another person: POST {call}").format(call=call))


command.add_command(explain.command)
