"""``estate-sms policy explain``: what would become of a send, or became of a batch, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import click

from ...policy.rules import Case, Explanation, Numbers, explain
from ...policy.rules.who import normal, problem
from ...queue.priorities import PURPOSES, Priority, PriorityName, Purpose, priority
from ...store.clock import from_datetime, rfc3339
from ..errors import Exit, GatewayError
from ..language import _, language, word
from .administration import moment
from .options import (
    PRIORITY_HELP,
    PURPOSE_HELP,
    config_option,
    json_option,
    load_config,
    print_json,
    say,
)
from .policy_files import FILE, chosen
from .session import client


@click.command("explain")
@config_option
@json_option
@click.option("--file", type=FILE, help="Another policy than the configured one.")
@click.option("--batch", help="What became of this one instead, and why; asks the service.")
@click.option("--purpose", type=click.Choice(PURPOSES), help=PURPOSE_HELP)
@click.option("--priority", "level", type=click.Choice(get_args(PriorityName)), help=PRIORITY_HELP)
@click.option(
    "--recipients", type=click.IntRange(min=1), default=1, show_default=True, help="How many numbers."
)  # fmt: skip
@click.option("--as", "who", multiple=True, help="role:…, person:…, key:…, system or cli; repeat.")
@click.option(
    "--unapproved", type=click.IntRange(min=0), default=0, help="Recipients without approval today."
)  # fmt: skip
@click.option("--sent", type=click.IntRange(min=0), default=0, help="Messages sent today.")
@click.option("--template", default="", help="The template it is made from.")
@click.option("--at", "when", help="RFC 3339 time of the send; default now.")
def command(
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
        raise click.UsageError(_("name a --purpose, or a --batch"))
    for selector in who:
        if what := problem(selector):
            raise GatewayError(f"--as {what}")
    at = moment(when) if when else datetime.now(UTC)
    default: PriorityName = "emergency" if purpose == "emergency" else "normal"
    wanted = priority(level or default)
    if wanted is Priority.EMERGENCY and purpose != "emergency":
        raise GatewayError(_("priority emergency goes with purpose emergency only"))
    case = Case(
        sender=frozenset(map(normal, who)),
        purpose=purpose,
        priority=wanted,
        recipients=recipients,
        templates=frozenset([template] if template else []),
    )
    used = Numbers(unapproved + recipients, sent)
    found = explain(chosen(config_path, file), case, used, from_datetime(at))
    _print(found, as_json)
    raise click.exceptions.Exit(
        {"stopped": Exit.BLOCKED, "held": Exit.NOT_AUTHORISED}.get(found.outcome, Exit.OK)
    )


def _explain_batch(config_path: Path | None, as_json: bool, batch: str) -> None:
    http = client(load_config(config_path))
    found: dict[str, Any] = http.call("GET", f"/api/v1/batches/{quote(batch, safe='')}/explanation")
    if as_json:
        print_json(found)
        return
    version, state = found["version"] or _("not on record"), word(found["state"])
    words = _("batch {id} is {state}; policy {version} ({hash})")
    say(words.format(id=found["id"], state=state, version=version, hash=found["policy"][:12]))
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
