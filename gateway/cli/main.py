"""``estate-sms``: finds the verb's module only when it is asked for, so that the start is quick."""

from __future__ import annotations

import importlib
import sys
from types import MappingProxyType

import click

from ..errors import Exit, GatewayError
from ..language import N_, _, let_click_speak
from .help import Context, prepared

VERBS = MappingProxyType(
    {
        "serve": N_("Run the gateway."),
        "send": N_("Send a notice."),
        "status": N_("Show what waits, what is on the air and what is in doubt."),
        "modems": N_("List the modems."),
        "alarms": N_("List what is wrong."),
        "clock": N_("Show or accept the time; for machines whose clock is set late."),
        "batch": N_("Show a batch, or decide about it."),
        "recall": N_("Recall a message or a batch."),
        "people": N_("Add, list or disable persons."),
        "keys": N_("Create, list or revoke API keys."),
        "filter": N_("Check a text; look at, compare or propose word lists; measure recall."),
        "policy": N_("Check, explain, compare or propose a send policy."),
        "privacy": N_("Erase, report, correct; message ledger, SIM register, key rotation."),
        "audit": N_("Export the audit log, verify an export, anchor the log."),
        "witness": N_("Vouch for another box's log."),
        "emulate": N_("Run an emulated bank of modems alone."),
        "message": N_("Stop one message, or decide about one in doubt."),
        "backup": N_("Copy the database, also while the service sends."),
        "restore": N_("Put a backup in place of the present database."),
        "doctor": N_("Check the installation; a line to fix each finding."),
    }
)


class Verbs(click.Group):
    """Imports ``cli/VERB.py`` for its ``command`` when the verb is used."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order a newcomer needs them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, or ``None`` for an unknown verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"..{cmd_name}", __name__)
        return prepared(module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing any of them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(verb, _(does)) for verb, does in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="estate-sms", prog_name="estate-sms")
def cli() -> None:
    """Estate SMS: an SMS gateway for estates. Data goes to stdout, words to stderr.

    Exit codes: 0 ok, 1 failure, 2 usage, 3 partial, 4 approval or authorisation needed,
    5 service unreachable, 6 no usable modem, 7 blocked, 8 verification failed, 9 in doubt,
    124 time-out, 130 interrupted.
    """


def main(arguments: list[str] | None = None) -> None:
    """The console script: every error of ours becomes one line and its exit code."""
    let_click_speak()
    try:
        code = cli.main(arguments, standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except GatewayError as error:
        click.echo(f"estate-sms: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        code = Exit.OK
    sys.exit(code if isinstance(code, int) else Exit.OK)
