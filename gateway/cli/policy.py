"""``estate-sms policy``: read, explain and compare send policies; propose one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import click

from ...policy.policies import read
from ...policy.rules import (
    Case,
    Explanation,
    InForce,
    Numbers,
    builtin,
    differences,
    explain,
    in_force,
)
from ...policy.rules.builtin import Floor
from ...policy.rules.who import normal, problem
from ...queue.priorities import PURPOSES, Priority, PriorityName, Purpose, priority
from ...store.clock import from_datetime, rfc3339
from ..config import DEFAULT_PATH
from ..errors import Exit, GatewayError
from ..language import language
from .administration import moment
from .failures import plain_errors
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client

_FILE = click.Path(path_type=Path)


@click.group("policy")
def command() -> None:
    """Check, explain or compare send policies; show what is in force, propose another."""


@command.command("check")
@config_option
@json_option
@click.argument("file", type=_FILE)
def check(config_path: Path | None, as_json: bool, file: Path) -> None:
    """Whether FILE can be used; says where and why not."""
    found = _read(file, _floor(config_path))
    if as_json:
        print_json(
            {
                "version": found.policy.version,
                "hash": found.hash,
                "rules": [rule.name for rule in found.policy.rule],
            }
        )
        return
    say(f"{file}: version {found.policy.version}, {len(found.policy.rule)} rules: can be used")
    click.echo(found.hash)


@command.command("explain")
@config_option
@json_option
@click.option("--file", type=_FILE, help="Another policy than the configured one.")
@click.option("--batch", help="What became of this one instead, and why; asks the service.")
@click.option("--purpose", type=click.Choice(PURPOSES))
@click.option("--priority", "level", type=click.Choice(get_args(PriorityName)))
@click.option("--recipients", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--as", "who", multiple=True, help="role:…, person:…, key:…, system or cli; repeat.")
@click.option("--unapproved", type=click.IntRange(min=0), default=0, help="Others today.")
@click.option("--sent", type=click.IntRange(min=0), default=0, help="Messages sent today.")
@click.option("--template", default="", help="The template it is made from.")
@click.option("--at", "when", help="RFC 3339 time of the send; default now.")
def explain_(
    config_path: Path | None, as_json: bool, file: Path | None, batch: str | None,
    purpose: Purpose | None,
    level: PriorityName | None, recipients: int, who: tuple[str, ...], unapproved: int, sent: int,
    template: str, when: str | None,
) -> None:  # fmt: skip
    """What would become of a send, and which rule says so. Exit code 7: stopped; 4: held."""
    if batch is not None:
        _explain_batch(config_path, as_json, batch)
        return
    if purpose is None:
        raise click.UsageError("name a --purpose, or a --batch")
    for selector in who:
        if what := problem(selector):
            raise GatewayError(f"--as {what}")
    at = moment(when) if when else datetime.now(UTC)
    default: PriorityName = "emergency" if purpose == "emergency" else "normal"
    chosen = priority(level or default)
    if chosen is Priority.EMERGENCY and purpose != "emergency":
        raise GatewayError("priority emergency goes with purpose emergency only")
    case = Case(
        sender=frozenset(map(normal, who)),
        purpose=purpose,
        priority=chosen,
        recipients=recipients,
        templates=frozenset([template] if template else []),
    )
    used = Numbers(unapproved + recipients, sent)
    found = explain(_chosen(config_path, file), case, used, from_datetime(at))
    _print(found, as_json)
    raise click.exceptions.Exit(
        {"stopped": Exit.BLOCKED, "held": Exit.NOT_AUTHORISED}.get(found.outcome, Exit.OK)
    )


@command.command("diff")
@config_option
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def diff(config_path: Path | None, old: Path, new: Path) -> None:
    """What changes from OLD to NEW: + new, - gone, ~ changed. Exit code 1 when anything does."""
    floor = _floor(config_path)
    lines = differences(_read(old, floor).policy, _read(new, floor).policy)
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
        columns = ("id", "version", "state", "proposed_by", "proposed_at", "decided_by", "hash")
        print_table(columns, [[one[c] for c in columns] for one in answer["versions"]])
        say(f"in force: {answer['version']} ({answer['hash'][:12]})")


@command.command("propose")
@config_option
@click.option("--reason", default="", help="Goes into the record.")
@click.argument("file", type=_FILE)
def propose(config_path: Path | None, reason: str, file: Path) -> None:
    """Propose FILE to the running service; a person with the scope approve decides."""
    config = load_config(config_path)
    text = _read(file, _floor(config_path)).text
    answer = client(config).call("POST", "/api/v1/policy", {"text": text, "reason": reason})
    click.echo(answer["id"])
    say(f"it waits for another person: POST /api/v1/policy/{answer['id']}/approve")


def _floor(config_path: Path | None) -> Floor:
    """What the configuration asks; where there is none, the defaults."""
    if config_path is None and not DEFAULT_PATH.exists():
        return Floor()
    config = load_config(config_path)
    return Floor(
        approval_above=config.policy.approval_above,
        quiet_hours=config.policy.quiet_hours,
        timezone=config.timezone,
    )


def _chosen(config_path: Path | None, file: Path | None) -> InForce:
    floor = _floor(config_path)
    if file is None and (config_path is not None or DEFAULT_PATH.exists()):
        named = load_config(config_path).policy.send_policy
        file = Path(named) if named else None
    if file is None:
        return builtin(floor)
    return _read(file, floor)


def _read(file: Path, floor: Floor) -> InForce:
    with plain_errors():
        return in_force(read(file), floor, str(file), granted=True)


def _explain_batch(config_path: Path | None, as_json: bool, batch: str) -> None:
    http = client(load_config(config_path))
    found: dict[str, Any] = http.call("GET", f"/api/v1/batches/{quote(batch, safe='')}/explanation")
    if as_json:
        print_json(found)
        return
    version = found["version"] or "not on record"
    say(f"batch {found['id']} is {found['state']}; policy {version} ({found['policy'][:12]})")
    _lines(found["outcome"], found["lines"])


def _print(found: Explanation, as_json: bool) -> None:
    starts_at = None if found.starts_at is None else rfc3339(found.starts_at)
    lines = [asdict(line) for line in found.lines]
    if as_json:
        print_json({"outcome": found.outcome, "starts_at": starts_at, "lines": lines})
        return
    _lines(found.outcome, lines)


def _lines(outcome: str, lines: Sequence[Mapping[str, str]]) -> None:
    """In the language of the terminal."""
    said = "words_zh" if language() == "zh" else "words"
    click.echo(outcome)
    for line in lines:
        by = f" by {line['rule']}" if line["rule"] else ""
        click.echo(f"  {line['effect']}{by}: {line[said]}")
