"""``estate-sms filter``: check a text, look at word lists, propose one, measure the filter."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from ...policy.answers import FilterAnswer
from ...policy.callers import CLI
from ...policy.filter import Own, WordFilter
from ...policy.filter.changes import changes
from ...policy.filter.wordlist import default_words, export, read
from ...policy.word_lists import WordLists
from ...queue.priorities import PURPOSES
from ..config import Config, load
from ..errors import Exit
from ..house import open_house
from ..language import N_, _, language
from ..rules import word_filter
from . import filter_corpus
from .failures import plain_errors
from .options import (
    PURPOSE_HELP,
    config_option,
    json_option,
    load_config,
    print_json,
    print_table,
    rows,
    say,
)
from .session import client, service_runs

_FILE = click.Path(path_type=Path)
_CODES = {"block": Exit.BLOCKED, "review": Exit.NOT_AUTHORISED}
_CALL = "/api/v1/filter/lists"


@click.group("filter")
def command() -> None:
    """Check a text against the word lists; show, compare or propose a list; measure recall."""


command.add_command(filter_corpus.test)


@command.command("check")
@config_option
@json_option
@click.option(
    "--purpose", type=click.Choice(PURPOSES), default="service", show_default=True, help=PURPOSE_HELP
)  # fmt: skip
@click.option("--list", "lists", type=_FILE, multiple=True, help="Another list as well; repeat.")
@click.argument("text")
def check(
    config_path: Path | None, as_json: bool, purpose: str, lists: tuple[Path, ...], text: str
) -> None:
    """What the filter says of TEXT (- reads stdin). Exit code 7: blocked; 4: needs a review."""
    text = sys.stdin.read() if text == "-" else text
    answer = _checked(config_path, purpose, lists, text)
    if as_json:
        print_json(answer)
    else:
        click.echo(str(answer.action))
        columns = (
            N_("found"), N_("word"), N_("category"), N_("action"), N_("view"), N_("rule"), N_("what to do"),
        )  # fmt: skip
        hits = [
            (
                text[h.start : h.end],
                h.word,
                h.category,
                h.action,
                h.view,
                h.rule,
                h.advice_zh if language() == "zh" else h.advice,
            )
            for h in answer.hits
        ]
        if hits:
            print_table(columns, hits)
    raise click.exceptions.Exit(_CODES.get(answer.action, Exit.OK))


@command.command("lists")
@config_option
@json_option
@click.option("--export", "exported", metavar="ID", help="Print a version as CSV; or: built-in.")
@click.option("--changes", "compared", metavar="ID", help="What a proposal would change.")
def lists_(
    config_path: Path | None, as_json: bool, exported: str | None, compared: str | None
) -> None:
    """The versions of the operator's list; ID current is the one in force."""
    if exported == "built-in":
        click.echo(export(default_words()), nl=False)
        return
    http = client(load_config(config_path))
    if exported is not None:
        click.echo(http.call("GET", f"{_CALL}/{exported}")["text"], nl=False)
        return
    if compared is not None:
        for line in http.call("GET", f"{_CALL}/{compared}/changes")["changes"]:
            click.echo(line)
        return
    answer: dict[str, Any] = http.call("GET", _CALL)
    if as_json:
        print_json(answer)
        return
    columns = (
        "id", N_("name"), N_("words"), N_("state"), N_("proposed_by"), N_("proposed_at"), N_("decided_by"),
    )  # fmt: skip
    print_table(columns, rows(answer["items"], columns))
    say(_("rules in force: {ruleset}").format(ruleset=answer["ruleset"]))


@command.command("import")
@config_option
@json_option
@click.option("--reason", default="", help="Why; it goes into the record.")
@click.option("--dry-run", is_flag=True, help="Only say whether the file can be used.")
@click.argument("file", type=_FILE)
def import_(
    config_path: Path | None, as_json: bool, reason: str, dry_run: bool, file: Path
) -> None:
    """Propose FILE (CSV or TOML) as the operator's list; a second person approves it."""
    with plain_errors():
        entries = read(file)
        if dry_run:
            WordFilter.from_files([file])
    if dry_run:
        say(_("{file}: {count:,} words: can be used").format(file=file, count=len(entries)))
        return
    config = load_config(config_path)
    if service_runs(config):
        body = {"name": file.name, "text": export(entries), "reason": reason}
        proposal = client(config).call("POST", _CALL, body)["id"]
    else:
        with plain_errors():
            proposal = asyncio.run(_propose(config, file, reason))
    _proposed(proposal, as_json=as_json)


@command.command("restore")
@config_option
@json_option
@click.option("--reason", default="", help="Why; it goes into the record.")
@click.argument("version")
def restore(config_path: Path | None, as_json: bool, reason: str, version: str) -> None:
    """Propose the kept VERSION again, to roll back; a second person approves it."""
    http = client(load_config(config_path))
    proposal = http.call("POST", f"{_CALL}/{version}/restore", {"reason": reason})["id"]
    _proposed(proposal, as_json=as_json)


@command.command("diff")
@config_option
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def diff(config_path: Path | None, old: Path, new: Path) -> None:
    """What changes from OLD to NEW: + new, - gone, ~ changed. Exit code 1 when anything does."""
    with plain_errors():
        lines = changes(read(old), read(new))
    for line in lines:
        click.echo(line)
    raise click.exceptions.Exit(Exit.FAILURE if lines else Exit.OK)


def _proposed(proposal: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": proposal})
        return
    click.echo(proposal)
    say(_("it waits for another person: POST {call}").format(call=f"{_CALL}/{proposal}/approve"))


def _checked(
    config_path: Path | None, purpose: str, lists: tuple[Path, ...], text: str
) -> FilterAnswer:
    config = load(None) if config_path is None and lists else load_config(config_path)
    if not lists and service_runs(config):
        body = {"text": text, "purpose": purpose}
        answer = client(config).call("POST", "/api/v1/filter/check", body)
        return msgspec.convert(answer, FilterAnswer)
    with plain_errors():
        files = [Path(name) for name in config.policy.word_lists]
        own = Own.of(config.sms.signature, config.sms.own_numbers)
        found = WordFilter.from_files([*files, *lists], own=own)
        return found.check(text, purpose)


async def _propose(config: Config, file: Path, reason: str) -> str:
    async with open_house(config) as house:
        files = [Path(name) for name in config.policy.word_lists]
        lists = WordLists(house.store, word_filter(config), files)
        await lists.load()
        return await lists.propose(CLI, file.name, file.read_bytes(), reason)  # noqa: ASYNC240
