"""``estate-sms privacy``: rights of the people behind the numbers, ledger, registers, keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..language import N_, _, word
from .options import config_option, json_option, load_config, print_json, print_table, rows, say
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


@command.command("ledger")
@config_option
@click.option("--from", "from_", help="RFC 3339 time of the first entry.")
@click.option("--to", help="RFC 3339 time; entries before it.")
@click.option(
    "--disclosure", metavar="ID",
    help="Everything as it is, of the period that another person allowed (privacy disclose).",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)  # fmt: skip
def ledger(
    config_path: Path | None, from_: str | None, to: str | None, disclosure: str | None,
    output: Path,
) -> None:  # fmt: skip
    """Write the message ledger of a period as CSV, for Excel, numbers masked and personal texts left
    out. That it was made is recorded."""
    rights(load_config(config_path)).ledger(from_, to, output, disclosure)
    say(_("{file}: {size} bytes").format(file=output, size=output.stat().st_size))


@command.command("disclose")
@config_option
@click.option("--from", "from_", help="RFC 3339 time of the first entry.")
@click.option("--to", help="RFC 3339 time; entries before it.")
@click.option("--purpose", required=True, help="What for, and who gets it; goes into the record.")
def disclose(config_path: Path | None, from_: str | None, to: str | None, purpose: str) -> None:
    """Ask for the ledger of a period with numbers and texts as they are; another person decides."""
    click.echo(rights(load_config(config_path)).ask_disclosure(from_, to, purpose))
    say(_("once another person has allowed it: estate-sms privacy ledger --disclosure ID"))


@command.command("disclosures")
@config_option
@json_option
def disclosures(config_path: Path | None, as_json: bool) -> None:
    """List requests for the ledger in full, and what was decided."""
    items = rights(load_config(config_path)).disclosures()
    if as_json:
        print_json(items)
    else:
        columns = (
            "id", N_("state"), N_("proposed_by"), N_("purpose"), N_("decided_by"), N_("expires_at"), N_("used_at"),
        )  # fmt: skip
        print_table(columns, rows(items, columns))


@command.command("rotate-key")
@config_option
@json_option
def rotate_key(config_path: Path | None, as_json: bool) -> None:
    """Make a new key-encryption key and destroy the old one: old backups stay closed then."""
    answer = rights(load_config(config_path)).rotate()
    if as_json:
        print_json(answer)
        return
    gone = ", ".join(map(str, answer["destroyed"]))
    words = _(
        "generation {generation} is in use, {gone} destroyed; {survivors} people's keys live on. Make "
        "a new backup now: the old ones open nothing personal any more"
    )
    say(words.format(generation=answer["generation"], gone=gone, survivors=answer["survivors"]))
    if not answer["on_file"]:
        say(_("the old key is still in the key file; install: estate-sms privacy key-file --final"))


@command.command("key-file")
@config_option
@click.option("--final", is_flag=True, help="After the rotation: the newest key alone.")
def key_file(config_path: Path | None, final: bool) -> None:
    """Print the next key file, for one that the service cannot write itself. It is secret."""
    from ...audit import keyfiles
    from ...audit.keys import KEK
    from ..errors import GatewayError
    from .failures import plain_errors

    config = load_config(config_path)
    path = Path(config.audit.kek_file or Path(config.data_dir) / KEK)
    with plain_errors():
        content = keyfiles.read(path)
        if content is None:
            raise GatewayError(_("there is no key file {path}").format(path=path))
        generations = keyfiles.parse_kek(content, path)
    if final or len(generations) > 1:
        click.echo(keyfiles.newest_only(generations) if final else content, nl=False)
    else:
        click.echo(keyfiles.with_next(generations), nl=False)
    say(
        _("install it, restart the service; then: new backup")
        if final
        else _("install it, restart the service; then: privacy rotate-key")
    )


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


@command.command("sims")
@config_option
@json_option
def sims(config_path: Path | None, as_json: bool) -> None:
    """Show the register of SIMs; identities are masked."""
    items = rights(load_config(config_path)).sims()
    if as_json:
        print_json(items)
    else:
        columns = (N_("state"), "imsi", "iccid", N_("holder"), N_("modem"), "imei", N_("last_seen"))
        print_table(columns, rows(items, columns))


@command.command("register-sim")
@config_option
@click.option("--holder", required=True, help="The real-name holder.")
@click.argument("sim")
def register_sim(config_path: Path | None, holder: str, sim: str) -> None:
    """Declare SIM: an IMSI, or the end of the IMSI or ICCID of one that was seen."""
    rights(load_config(config_path)).register_sim(sim, holder)
    say(_("registered"))


@command.command("retire-sim")
@config_option
@click.argument("sim")
def retire_sim(config_path: Path | None, sim: str) -> None:
    """Take SIM out of use; it stays in the register."""
    rights(load_config(config_path)).retire_sim(sim)
    say(_("retired"))
