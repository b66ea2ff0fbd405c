"""The sealed log as the API and the command line ask for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..api.answers import LogHead
from ..api.shapes.anchors import AnchorList
from ..audit import notes
from ..audit.checkpoints import checkpoint
from ..audit.errors import KeysError
from ..audit.exporting import export_log
from ..audit.keyfiles import parse_public
from ..estate.blocks import Block
from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..store.sql import load
from ..store.store import DATABASE
from .anchors import Anchoring
from .block_register import BlockRegister
from .house import House

_SQL = load(__name__, "audit.sql")


class AuditDoor:
    """Exports of one house's log; each is itself on record before it is cut."""

    def __init__(self, house: House, anchoring: Anchoring, sender: str = "") -> None:
        """``sender``: the estate's signature, for reports to authorities."""
        self._house = house
        self._anchoring = anchoring
        self._blocks = BlockRegister(house.store, house.keys, house.log, sender)

    async def head(self) -> LogHead:
        """The newest signed checkpoint, made now if records came after the last one."""
        house = self._house
        if house.log.unsigned:
            await checkpoint(house.store, house.log)
        return await self._head()

    async def _head(self) -> LogHead:
        house = self._house
        row = await house.store.read(lambda c: c.execute(_SQL["newest_note"]).fetchone())
        text = bytes(row[0]).decode()
        _, size, root = text.split("\n")[:3]
        return LogHead(size=int(size), root=notes.decode64(root).hex(), checkpoint=text)

    async def anchor(self, caller: Caller, kind: str, by: str = "") -> LogHead:
        """Have the newest tree head anchored outside; returns that head.

        Raises :class:`~..audit.errors.AuditError` and what the desk refuses.
        """
        await self._anchoring.anchor(kind, by, caller.actor)
        return await self._head()

    async def anchors(self, limit: int) -> AnchorList:
        """The newest anchors, and how much of the log came after what somebody outside holds."""
        items, size = await self._anchoring.listed(limit), self._house.log.size
        reach = max((anchor.size for anchor in items if anchor.held), default=0)
        return AnchorList(items=items, records=size, unanchored=size - reach)

    async def blocks(self, limit: int) -> list[Block]:
        """The newest texts that the word filter stopped."""
        return await self._blocks.newest(limit)

    async def block_report(self, sequence: int) -> str:
        """The form of a report about one of them. Raises ``not_found``."""
        return await self._blocks.report(sequence)

    async def export(
        self,
        caller: Caller,
        *,
        since: int | None,
        until: int | None,
        recipient: str | None,
        sealed: bool = False,
    ) -> Path:
        """A new temporary file with the records of the period; the caller removes it."""
        exports = self._house.data_dir / "exports"
        exports.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=exports, suffix=".esab", delete=False) as file:
            path = Path(file.name)
        await self.export_to(
            path, caller.actor, since=since, until=until, recipient=recipient, sealed=sealed
        )
        return path

    async def export_to(
        self,
        path: Path,
        actor: str,
        *,
        since: int | None,
        until: int | None,
        recipient: str | None,
        sealed: bool = False,
    ) -> None:
        """Write the period's records to ``path``.

        Raises ``auditor_key_invalid`` and :class:`~..audit.errors.AuditError`.
        """
        try:
            key = parse_public(recipient) if recipient else None
        except KeysError as error:
            raise PolicyError("auditor_key_invalid") from error
        house = self._house
        await export_log(
            house.store, house.log, house.keys, house.data_dir / DATABASE, path, since, until,
            for_=key, sealed=sealed, actor=actor,
        )  # fmt: skip
