"""Words for people in Chinese or English: the language of the environment, and its catalogue.

English is the source; ``locale/zh_CN/LC_MESSAGES/estate_sms.po`` holds the Chinese, and the ``.mo``
beside it is made from it by ``scripts/translations``.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..policy.errors import Language

_NAMES = ("ESTATE_SMS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_DOMAIN = "estate_sms"
_LOCALE = Path(__file__).with_name("locale")
_fixed: ContextVar[Language | None] = ContextVar("language", default=None)


def language() -> Language:
    """Chinese if the first of the usual variables that is set asks for it, else English."""
    if (fixed := _fixed.get()) is not None:
        return fixed
    asked = next((value for name in _NAMES if (value := os.environ.get(name))), "")
    return "zh" if asked.lower().startswith("zh") else "en"


@contextmanager
def speaking(wanted: Language) -> Generator[None]:
    """Whatever the environment asks for, ``wanted`` inside: what programs read stays English."""
    token = _fixed.set(wanted)
    try:
        yield
    finally:
        _fixed.reset(token)


def _(text: str) -> str:
    """``text`` in :func:`language`. Gaps are filled afterwards, with ``.format``."""
    # The empty text is the catalogue's own head.
    return _chinese().gettext(text) if text and language() == "zh" else text


@cache
def _chinese() -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _LOCALE, languages=["zh_CN"])


def word(name: str) -> str:
    """A stable name such as one of :data:`STATES`, for people to read."""
    return _(name)


def N_(text: str) -> str:
    """``text`` as it is: marks words for the catalogue that are looked up later."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:
    """As :func:`N_`, for words with a plural."""
    return one, many


def let_click_speak() -> None:
    """Have click take its own words from our catalogue, in :func:`language`.

    It asks gettext's current domain, which goes by the environment alone.
    """
    os.environ["LANGUAGE"] = "zh_CN" if language() == "zh" else "C"
    gettext.bindtextdomain(_DOMAIN, str(_LOCALE))
    gettext.textdomain(_DOMAIN)


STATES = (
    # of messages and batches
    N_("held"), N_("scheduled"), N_("queued"), N_("submitting"), N_("in_doubt"), N_("submitted"),
    N_("delivered"), N_("failed"), N_("undeliverable"), N_("expired"), N_("cancelled"), N_("rejected"),
    N_("recalled"), N_("sending"), N_("paused"), N_("returned"), N_("done"),
    # of modems
    N_("absent"), N_("starting"), N_("no_sim"), N_("searching"), N_("ready"), N_("resting"),
    N_("faulty"), N_("quarantined"),
    # of recalls, and what they achieved
    N_("waiting"), N_("running"), N_("pending"), N_("stopped"), N_("deletion_requested"),
    N_("deletion_confirmed"), N_("deletion_refused"), N_("deletion_unsupported"), N_("replacement_sent"),
    N_("correction_sent"), N_("too_late"),
    # of proposals, grants, disclosures, persons and SIMs
    N_("proposed"), N_("in_force"), N_("superseded"), N_("allowed"), N_("used"), N_("granted"), N_("alone"),
    N_("restricted"), N_("shredded"), N_("registered"), N_("retired"), N_("unknown"),
    # what a purge takes away
    N_("messages"), N_("received"), N_("reports"), N_("texts"), N_("subjects"), N_("events"),
    # why nobody can say when a batch will be done, or why the duty phones were not told
    N_("no_modem"), N_("too_many"),
)  # fmt: skip
"""Stable names from the API that people see, too."""

PRIORITIES = (N_("emergency"), N_("urgent"), N_("normal"), N_("bulk"))
