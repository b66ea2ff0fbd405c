"""The modems on the screen of ``status --watch``: how many are how, and as many of them as fit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ..language import _, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

STYLES = {"ready": "green", "sending": "bold green", "resting": "yellow", "paused": "magenta"}
_FINE = frozenset({"ready", "sending"})
_LABEL, _STATE, _SIGNAL = 13, 11, 8
"""Columns: of a label at most."""


def lines_for(bank: Sequence[dict[str, Any]], width: int) -> int:
    """Lines that all of them take, signal and all."""
    across = _across(width, _label(bank), signal=True)
    return 1 + (len(bank) + across - 1) // across


def modems(bank: Sequence[dict[str, Any]], width: int, lines: int) -> list[Text]:
    """At most ``lines`` of them; what is wrong stands first, and the signal goes before modems do."""
    from rich.text import Text

    counts = Counter(modem["state"] for modem in bank)
    words = _(", ").join(
        _("{count} {state}").format(count=n, state=word(state)) for state, n in counts.items()
    )
    shown = [Text(_("modems: {modems}").format(modems=words or _("none")), no_wrap=True)]
    signal, label = lines_for(bank, width) <= lines, _label(bank)
    across = _across(width, label, signal=signal)
    room = max(lines - 1, 1) * across
    ordered = sorted(bank, key=lambda modem: modem["state"] in _FINE)
    cells = [_cell(modem, label, signal=signal) for modem in ordered]
    if len(cells) > room:
        cells[room - 1 :] = [Text(_("… {count} more").format(count=len(cells) - room + 1))]
    for start in range(0, len(cells), across):
        shown.append(Text(" ").join(cells[start : start + across]))
    return shown


def _label(bank: Sequence[dict[str, Any]]) -> int:
    """Columns of the longest label and a space."""
    from rich.cells import cell_len

    return 1 + min(max((cell_len(modem["label"]) for modem in bank), default=0), _LABEL)


def _across(width: int, label: int, *, signal: bool) -> int:
    """How many stand side by side."""
    return max((width + 1) // (label + _STATE + (_SIGNAL if signal else 0) + 1), 1)


def _cell(modem: dict[str, Any], label: int, *, signal: bool) -> Text:
    from rich.cells import set_cell_size
    from rich.text import Text

    state = modem["state"]
    cell = Text(set_cell_size(modem["label"], label - 1) + " ", no_wrap=True)
    cell.append(set_cell_size(word(state), _STATE), style=STYLES.get(state, "red"))
    if signal:
        dbm = modem.get("signal_dbm")
        cell.append(set_cell_size("" if dbm is None else f"{dbm} dBm", _SIGNAL), style="dim")
    return cell
