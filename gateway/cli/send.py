"""``estate-sms send``: a notice to numbers given as arguments, or one a line from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client

PURPOSES = ("emergency", "service", "statutory", "activity", "commercial")
PRIORITIES = ("emergency", "urgent", "normal", "bulk")


@click.command("send")
@config_option
@json_option
@click.option("--text", help="The text; without it the text is read from stdin.")
@click.option("--purpose", type=click.Choice(PURPOSES), required=True)
@click.option("--priority", type=click.Choice(PRIORITIES))
@click.option("--not-before", help="RFC 3339 time, e.g. 2026-01-31T08:00:00+08:00.")
@click.option("--valid-until", help="RFC 3339 time after which it is not sent any more.")
@click.option("--flash", is_flag=True, help="Show on the screen at once (class 0).")
@click.option("--recallable", is_flag=True, help="Send so that a replacement is possible.")
@click.option("--client-ref", help="Your own reference.")
@click.option("--idempotency-key", help="Repeating a call with the same key sends once.")
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
        raise click.UsageError("no numbers: name them, or use --to-file")
    text = options["text"] if options["text"] is not None else _read_text(options["to_file"])
    body = {"to": numbers, "text": text}
    for name in (
        "purpose", "priority", "not_before", "valid_until", "flash", "recallable", "client_ref",
    ):  # fmt: skip
        if options[name]:
            body[name] = options[name]
    key = options["idempotency_key"]
    headers = {"Idempotency-Key": key} if key else None
    answer = client(load_config(config_path)).call(
        "POST", "/api/v1/messages", body, headers=headers
    )
    if as_json:
        print_json(answer)
    else:
        _show(answer)
    ctx.exit(_exit_code(answer))


def _read_text(to_file: Any) -> str:  # noqa: ANN401 - a click file
    if to_file is not None and to_file.name == "<stdin>":
        raise click.UsageError("the numbers come from stdin: give the text with --text")
    if sys.stdin.isatty():
        say("Text, then Ctrl-D:")
    return sys.stdin.read().strip("\n")


def _show(answer: dict[str, Any]) -> None:
    from ...policy.numbers import masked

    batch = answer["batch"]
    print_table(
        ("message", "to", "state", "parts"),
        [(m["id"], masked(m["to"]), m["state"], m["parts"]) for m in answer["messages"]],
    )
    for rejected in answer["rejected"]:
        say(f"rejected {masked(rejected['to'])}: {rejected['detail']}")
    say(f"batch {batch['id']} is {batch['state']}: {len(answer['messages'])} messages")
    if batch["state"] == "held":
        say(f"another person has to approve it: POST /api/v1/batches/{batch['id']}/approve")


def _exit_code(answer: dict[str, Any]) -> Exit:
    if answer["rejected"]:
        return Exit.PARTIAL
    return Exit.NOT_AUTHORISED if answer["batch"]["state"] == "held" else Exit.OK
