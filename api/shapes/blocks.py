"""Texts that the word filter stopped, as the API shows them: never the texts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...estate.blocks import Block


class BlockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One stopped text: when, whose, and what kinds of hits; ``sequence`` is its record in the log."""

    sequence: int
    at: datetime
    actor: str
    hits: int
    categories: str
    ruleset: str


class BlockList(msgspec.Struct, frozen=True, kw_only=True):
    """Stopped texts, newest first."""

    items: list[BlockAnswer]


class BlockReport(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a report to the authority, to be completed and signed by hand."""

    text: str


def answer(block: Block) -> BlockAnswer:
    """One of them."""
    return BlockAnswer(
        sequence=block.sequence,
        at=datetime.fromisoformat(block.at),
        actor=block.actor,
        hits=block.hits,
        categories=block.categories,
        ruleset=block.ruleset,
    )
