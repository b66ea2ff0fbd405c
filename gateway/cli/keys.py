"""``estate-sms keys``: tokens for persons and systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..language import N_, _
from .administration import WantedKey, administration
from .options import config_option, json_option, load_config, print_json, print_table, rows, say

_COLUMNS = (
    "id", N_("name"), N_("person"), N_("scopes"), N_("created_at"), N_("expires_at"), N_("revoked_at"),
)  # fmt: skip
_GRANTS = (
    "id", N_("state"), N_("name"), N_("person"), N_("scopes"), N_("proposed_by"), N_("proposed_at"),
    N_("decided_by"),
)  # fmt: skip


@click.group("keys")
def command() -> None:
    """Create, list or revoke API keys. Works with and without a running service."""


@command.command("create")
@config_option
@json_option
@click.option("--scope", "scopes", multiple=True, required=True, help="Repeat for several.")
@click.option("--person", help="Owner (id or name); without one the key belongs to a system.")
@click.option("--expires", help="RFC 3339 time after which it no longer works.")
@click.option("--reason", default="", help="Goes into the record.")
@click.option("--alone", is_flag=True, help="Nobody is left who could approve it; needs --reason.")
@click.argument("name")
def create(
    config_path: Path | None, as_json: bool, scopes: tuple[str, ...], person: str | None,
    expires: str | None, reason: str, alone: bool, name: str,
) -> None:  # fmt: skip
    """Create a key called NAME; its token is printed once and never shown again.

    Once two persons were approvers, a key with approve or admin, and one for a person, works only
    after another person approved it.
    """
    wanted = WantedKey(
        name=name, scopes=list(scopes), person=person, expires_at=expires, reason=reason
    )
    key = administration(load_config(config_path)).create_key(wanted, alone=alone)
    if as_json:
        print_json(key)
    else:
        click.echo(key["token"])
        say(_("key {id}: keep the token now, it is not shown again").format(id=key["id"]))
        if key["waits_for"]:
            path = f"/api/v1/keys/grants/{key['waits_for']}/approve"
            words = _("it works once another person approved it: POST {path}")
            say(words.format(path=path))


@command.command("list")
@config_option
@json_option
def show(config_path: Path | None, as_json: bool) -> None:
    """List the keys, without their tokens."""
    keys: list[dict[str, Any]] = administration(load_config(config_path)).list_keys()
    if as_json:
        print_json(keys)
        return
    for key in keys:
        key["scopes"] = " ".join(key["scopes"])
    print_table(_COLUMNS, rows(keys, _COLUMNS))


@command.command("grants")
@config_option
@json_option
def grants(config_path: Path | None, as_json: bool) -> None:
    """List the keys that wait for a second person, and those decided about."""
    found: list[dict[str, Any]] = administration(load_config(config_path)).list_grants()
    if as_json:
        print_json(found)
        return
    for one in found:
        one["scopes"] = " ".join(one["scopes"])
    print_table(_GRANTS, rows(found, _GRANTS))


@command.command("revoke")
@config_option
@click.argument("key")
def revoke(config_path: Path | None, key: str) -> None:
    """Revoke the key with the id KEY, for good."""
    administration(load_config(config_path)).revoke_key(key)
    say(_("{key} is revoked").format(key=key))
