"""``./demo``: see ``--help``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from ..client import Client
from ..errors import GatewayError
from ..language import _
from . import report, scenes
from .prepare import Estate, prepare
from .screen import Screen
from .service import Service, command

_OK_VERDICTS = (0, 3)
"""VALID-ANCHORED and VALID-UNANCHORED."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--modems", type=click.IntRange(1, 64), default=16, show_default=True)
@click.option("--households", type=click.IntRange(20, 1200), default=1200, show_default=True)
@click.option("--fast", is_flag=True, help="Modems that take 0.1 s a message instead of 0.8 s.")
@click.option(
    "--once", is_flag=True, help="Leave nothing running; exit 0 only if all is accounted for."
)
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-data"),
    show_default=True, help="Made anew at each start.",
)  # fmt: skip
def demo(modems: int, households: int, fast: bool, once: bool, folder: Path) -> None:
    """Send a notice to an estate through emulated modems, and check the record of it."""
    screen = Screen()
    hello = _("Estate SMS demo: {households} households, {modems} emulated modems")
    screen.say(hello.format(households=households, modems=modems), "bold")
    estate = prepare(folder.resolve(), households, 0 if once else 8080, fast=fast)
    service = Service(estate, modems)
    try:
        url = service.wait_ready()
        sound = _play(screen, estate, url, households)
        _where_next(screen, estate, url, once=once)
        if not once:
            service.wait()
    except KeyboardInterrupt:
        sound = True
    except GatewayError as error:
        screen.say(_("demo: {error}").format(error=error), "bold red")
        sound = False
    finally:
        ended = service.stop()
    if ended != 0:
        words = _("the service ended with {code}; see {folder}/service.log")
        screen.say(words.format(code=ended, folder=estate.folder), "bold red")
    sys.exit(0 if sound and ended == 0 else 1)


def _play(screen: Screen, estate: Estate, url: str, households: int) -> bool:
    """The scenes, the report and the log's verdict; whether everything is accounted for."""
    stage = scenes.Stage(
        screen, Client(url, estate.submitter), Client(url, estate.approver), estate
    )
    scenes.notice_with_emergency(stage, affected=max(4, households // 25))
    scenes.wrong_notice(stage, households=max(10, households // 5))
    scenes.settle(stage)
    missing = 0
    for title, batch in stage.batches.items():
        rows = report.messages(stage.submitter, batch)
        report.show(screen, title, rows)
        missing += report.unaccounted(rows)
    if missing:
        words = _("{missing} messages are not accounted for")
        screen.say(words.format(missing=missing), "bold red")
    return _verify(screen, estate) and not missing


def _verify(screen: Screen, estate: Estate) -> bool:
    """Export the audit log and have it verified offline, by the command an auditor uses."""
    export = estate.folder / "audit.esab"
    made = subprocess.run(  # noqa: S603 - our own command
        [command(), "audit", "export", "--config", str(estate.config), "--output", str(export)],
        check=False,
    )
    if made.returncode:
        return False
    verdict = subprocess.run([command(), "audit", "verify", str(export)], check=False)  # noqa: S603
    return verdict.returncode in _OK_VERDICTS


def _where_next(screen: Screen, estate: Estate, url: str, *, once: bool) -> None:
    screen.say(_("Where to look next:"), "bold")
    for place, words in (
        (f"{estate.folder}/audit.esab", _("the exported log; a tar file, view.csv inside")),
        (f"{estate.folder}/service.log", _("what the gateway logged: no numbers, no texts")),
        ("README.md, docs/", _("first send with curl, first real modem")),
    ):
        screen.say(f"  {place:<{len(str(estate.folder)) + 12}}  {words}")
    if not once:
        screen.say(_("The gateway stays up; Ctrl-C ends it."), "bold")
        screen.say("  URL    " + _("{url}  (API documentation: {url}/docs)").format(url=url))
        screen.say(f"  token  {estate.submitter}")


if __name__ == "__main__":
    demo()
