"""``estate-sms send``: a notice to numbers given as arguments, or one a line from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..client import Client
from ..errors import Exit
from ..language import N_, _, language, word
from .options import (
    PRIORITY_HELP,
    PURPOSE_HELP,
    config_option,
    json_option,
    load_config,
    print_json,
    print_table,
    say,
)
from .session import client

PURPOSES = ("emergency", "service", "statutory", "activity", "commercial")
PRIORITIES = ("emergency", "urgent", "normal", "bulk")
_MANY = 50
"""Recipients from which on a person is shown the estimate first."""


@click.command("send")
@config_option
@json_option
@click.option("--text", help="The text; without it the text is read from stdin.")
@click.option("--purpose", type=click.Choice(PURPOSES), required=True, help=PURPOSE_HELP)
@click.option("--priority", type=click.Choice(PRIORITIES), help=PRIORITY_HELP)
@click.option("--not-before", help="RFC 3339 time to wait for, e.g. 2026-01-31T08:00:00+08:00.")
@click.option("--valid-until", help="RFC 3339 time after which it is not sent any more.")
@click.option("--accept-late", is_flag=True, help="Accept that some miss their --valid-until.")
@click.option("--flash", is_flag=True, help="Show on the screen at once (class 0).")
@click.option("--recallable", is_flag=True, help="Send so that a replacement is possible.")
@click.option("--client-ref", help="Your own reference.")
@click.option("--idempotency-key", help="Repeating a call with the same key sends once.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of it, and when.")
@click.option("--yes", is_flag=True, help="Do not ask before a large send from a terminal.")
@click.option(
    "--to-file", type=click.File("r", encoding="utf-8"), help="Numbers, one a line; - is stdin."
)
@click.argument("numbers", nargs=-1)
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool, **options: Any) -> None:
    """Send a notice to NUMBERS."""
    numbers = list(options["numbers"])
    if options["to_file"]:
        numbers += [line.strip() for line in options["to_file"] if line.strip()]
    if not numbers:
        raise click.UsageError(_("no numbers: name them, or use --to-file"))
    text = options["text"] if options["text"] is not None else _read_text(options["to_file"])
    body = {"to": numbers, "text": text}
    for name in (
        "purpose", "priority", "not_before", "valid_until", "accept_late", "flash", "recallable",
        "client_ref",
    ):  # fmt: skip
        if options[name]:
            body[name] = options[name]
    http = client(load_config(config_path))
    if options["dry_run"]:
        answer = _estimate(http, body)
        _tell(answer, as_json=as_json)
        if answer["refusal"] is not None:
            ctx.exit(Exit.BLOCKED)
        ctx.exit(_code(answer["rejected"], held=bool(answer["holds"])))
    if _asks(options, numbers) and not _agreed(http, body):
        ctx.exit(Exit.FAILURE)
    key = options["idempotency_key"]
    headers = {"Idempotency-Key": key} if key else None
    answer = http.call("POST", "/api/v1/messages", body, headers=headers)
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    ctx.exit(_code(answer["rejected"], held=answer["batch"]["state"] == "held"))


def _estimate(http: Client, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Accept-Language": language()}
    answer: dict[str, Any] = http.call("POST", "/api/v1/messages/estimate", body, headers=headers)
    return answer


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    """The whole of an estimate as JSON, or what matters of it as words."""
    if as_json:
        print_json(answer)
        return
    click.echo(answer["message"])
    measured = _("measured") if answer["measured"] else _("assumed: nothing was sent lately")
    words = _(
        "{parts} parts ({each} a message) through {sims} SIMs, {ahead} parts ahead; times {measured}"
    )
    say(words.format(parts=answer["parts"], each=answer["segments"], sims=answer["modems"],
                     ahead=answer["ahead"], measured=measured))  # fmt: skip
    for hold in answer["holds"]:
        say(_("it would wait: {hold}").format(hold=hold))
    if answer["rejected"]:
        say(_("{count} numbers would be rejected").format(count=len(answer["rejected"])))


def _asks(options: dict[str, Any], numbers: list[str]) -> bool:
    """Whether a person sits there, and many would be sent to; a warning is never held up."""
    many = len(numbers) >= _MANY and options["purpose"] != "emergency"
    return many and not options["yes"] and sys.stdin.isatty() and sys.stderr.isatty()


def _agreed(http: Client, body: dict[str, Any]) -> bool:
    _tell(_estimate(http, body), as_json=False)
    return click.confirm(_("Send it?"), err=True)


def _read_text(to_file: Any) -> str:  # noqa: ANN401 - a click file
    if to_file is not None and to_file.name == "<stdin>":
        raise click.UsageError(_("the numbers come from stdin: give the text with --text"))
    if sys.stdin.isatty():
        say(_("Text, then Ctrl-D:"))
    return sys.stdin.read().strip("\n")


def _show(answer: dict[str, Any]) -> None:
    from ...policy.numbers import masked

    batch = answer["batch"]
    print_table(
        (N_("message"), N_("to"), N_("state"), N_("parts")),
        [(m["id"], masked(m["to"]), word(m["state"]), m["parts"]) for m in answer["messages"]],
    )
    for rejected in answer["rejected"]:
        words = _("rejected {number}: {detail}")
        say(words.format(number=masked(rejected["to"]), detail=rejected["detail"]))
    words = _("batch {id} is {state}: {count} messages")
    say(words.format(id=batch["id"], state=word(batch["state"]), count=len(answer["messages"])))
    if warning := answer["warning"]:
        words = _(
            "late: {late} of its messages will miss their time, {delayed} that were accepted before theirs"
        )
        say(words.format(late=warning["late"], delayed=warning["delayed"]))
    if batch["state"] == "held":
        words = _("another person has to approve it: POST /api/v1/batches/{id}/approve")
        say(words.format(id=batch["id"]))


def _code(rejected: list[Any], *, held: bool) -> Exit:
    if rejected:
        return Exit.PARTIAL
    return Exit.NOT_AUTHORISED if held else Exit.OK
