"""``estate-sms filter test``: how good the filter is on a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from ...policy.filter import WordFilter
from ...policy.filter.evaluation import Rate, evaluate, read_corpus
from ..errors import Exit
from ..language import N_, _
from .failures import plain_errors
from .options import config_option, json_option, print_json, print_table, say

_FILE = click.Path(path_type=Path)


@click.command("test")
@config_option
@json_option
@click.option("--corpus", type=_FILE, required=True, help="A folder: clean.txt, evil.tsv.")
@click.option("--list", "lists", type=_FILE, multiple=True, help="Lists beside the built-in one.")
@click.option(
    "--missed", type=click.IntRange(min=0), default=0, help="Show so many that were missed."
)
@click.option("--targets", is_flag=True, help="Exit code 1 if a target is missed.")
def test(
    config_path: Path | None,
    as_json: bool,
    corpus: Path,
    lists: tuple[Path, ...],
    missed: int,
    targets: bool,
) -> None:
    """Recall by kind of evasion and false alarms on a corpus, with Wilson intervals (95 %)."""
    chosen = lists or tuple(file for file in [corpus / "words.csv"] if file.is_file())
    with plain_errors():
        report = evaluate(WordFilter.from_files(chosen), *read_corpus(corpus))
    rates = [*report.recall, report.blocked, report.held]
    if as_json:
        print_json([_plain(rate) for rate in rates])
    else:
        headings = (N_("kind"), N_("found"), N_("share"), N_("interval, 95 %"))
        print_table(headings, [_row(rate) for rate in rates])
    for kind, word, text in report.missed[:missed]:
        say(_("missed {kind}: {word} in {text}").format(kind=kind, word=word, text=text))
    for text in report.false_alarms[:missed]:
        say(_("false alarm: {text}").format(text=text))
    below = report.below() if targets else []
    for line in below:
        say(_("target missed: {line}").format(line=line))
    raise click.exceptions.Exit(Exit.FAILURE if below else Exit.OK)


def _row(rate: Rate) -> tuple[str, str, str, str]:
    interval = "{:.2%} - {:.2%}".format(*rate.wilson())
    return rate.name, f"{rate.hits}/{rate.total}", f"{rate.share:.2%}", interval


def _plain(rate: Rate) -> dict[str, object]:
    low, high = rate.wilson()
    return {"kind": rate.name, "found": rate.hits, "of": rate.total, "low": low, "high": high}
