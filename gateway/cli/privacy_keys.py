"""``estate-sms privacy``: the key-encryption key."""

from __future__ import annotations

from pathlib import Path

import click

from ..language import _
from .options import config_option, json_option, load_config, print_json, say
from .rights import rights


@click.command("rotate-key")
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


@click.command("key-file")
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
