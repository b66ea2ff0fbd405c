"""``estate-sms keys``: tokens for persons and systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .administration import administration
from .options import config_option, json_option, load_config, print_json, print_table, say

_COLUMNS = ("id", "name", "person", "scopes", "created_at", "expires_at", "revoked_at")


@click.group("keys")
def command() -> None:
    """Create, list or revoke API keys. Works with and without a running service."""


@command.command("create")
@config_option
@json_option
@click.option("--scope", "scopes", multiple=True, required=True, help="Repeat for several.")
@click.option("--person", help="Owner (id or name); without one the key belongs to a system.")
@click.option("--expires", help="RFC 3339 time after which it no longer works.")
@click.argument("name")
def create(
    config_path: Path | None, as_json: bool, scopes: tuple[str, ...], person: str | None,
    expires: str | None, name: str,
) -> None:  # fmt: skip
    """Create a key called NAME; its token is printed once and never shown again."""
    key = administration(load_config(config_path)).create_key(name, list(scopes), person, expires)
    if as_json:
        print_json(key)
    else:
        click.echo(key["token"])
        say(f"key {key['id']}: keep the token now, it is not shown again")


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
    print_table(_COLUMNS, [[key[column] for column in _COLUMNS] for key in keys])


@command.command("revoke")
@config_option
@click.argument("key")
def revoke(config_path: Path | None, key: str) -> None:
    """Revoke the key with the id KEY, for good."""
    administration(load_config(config_path)).revoke_key(key)
    say(f"{key} is revoked")
