"""``estate-sms witness``: vouch for another box's log from this one."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import click

from ..errors import GatewayError
from ..heard import heard
from ..language import _
from .options import config_option, say

KEY = "witness.key"


@click.group("witness")
def command() -> None:
    """Keep the tree heads of other boxes' logs, and sign those that continue what was seen."""


_folder = click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="Where key and state are kept.",
)  # fmt: skip
_name = click.option("--name", required=True, help="The witness's name, e.g. office.example/w1.")


@command.command("key")
@config_option
@_folder
@_name
def key(config_path: Path | None, folder: Path, name: str) -> None:
    """Print the witness's public key: for [audit] witness_key, and for audit verify --witness."""
    from ...audit.cosignature import WitnessKey
    from ...audit.signers import load_signer
    from .failures import plain_errors

    del config_path  # every verb takes it; a witness has nothing to do with this box's settings
    with plain_errors():
        signer = load_signer(folder / KEY)
    click.echo(WitnessKey(name, signer.public_key().public_bytes_raw()).text())


@command.command("serve")
@config_option
@_folder
@_name
@click.option(
    "--log", "logs", multiple=True, required=True, metavar="KEY",
    help="Public key of a log to vouch for, as estate-sms audit anchor key prints it.",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8090, show_default=True, help="Port to listen on."
)  # fmt: skip
def serve(
    config_path: Path | None, folder: Path, name: str, logs: tuple[str, ...], host: str, port: int
) -> None:
    """Answer POST /add-checkpoint until Ctrl-C (C2SP tlog-witness)."""
    from ...audit.errors import FormatError
    from ...audit.notes import parse_log_key
    from ...audit.signers import load_signer
    from ...audit.witness import Witness
    from ...audit.witness_server import WitnessServer
    from .failures import plain_errors

    del config_path
    if not name or any(c.isspace() or c == "+" for c in name):
        raise click.UsageError(_("the name has no white space and no plus sign"))
    try:
        known = [parse_log_key(text) for text in logs]
    except FormatError as error:
        raise click.UsageError(f"--log: {error}") from error
    with plain_errors(), contextlib.ExitStack() as stack:
        signer = load_signer(folder / KEY)
        witness = Witness(folder, name, signer, known, lambda: int(time.time()))
        stack.callback(witness.close)
        try:
            server = stack.enter_context(WitnessServer((host, port), witness))
        except OSError as error:
            words = _("cannot listen on {host}:{port}: {error}")
            failure = words.format(host=host, port=port, error=heard(error.strerror or str(error)))
            raise GatewayError(failure) from error
        say(f"witness {witness.public.text()}")
        click.echo(server.url)
        server.serve_forever()
