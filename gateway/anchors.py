"""Gets the log anchored outside the box: an SMS a day, a witness's signature an hour, paper by hand."""

from __future__ import annotations

import asyncio
import sqlite3

import structlog

from ..api.shapes.anchors import AnchorAnswer, AnchorDelivery
from ..audit import anchors
from ..audit.anchoring import (
    AnchorConflictError,
    Anchored,
    AnchorError,
    Head,
    last_anchor,
    newest,
    newest_head,
    note_anchor,
)
from ..audit.checkpoints import checkpoint
from ..audit.cosignature import WitnessKey, parse_witness_key
from ..audit.errors import AuditError
from ..audit.notes import Checkpoint
from ..audit.times import local_day
from ..audit.witness_client import ask_witness
from ..policy.callers import Caller
from ..policy.desk import Desk
from ..policy.errors import PolicyError
from ..policy.numbers import masked
from ..policy.requests import SendRequest
from ..queue import queries
from ..store.clock import SECOND, to_datetime
from ..store.errors import StoreError
from ..store.vault import Vault
from .config import Config
from .house import House

HOUR = 3600 * SECOND
_LOOKED_AT = 50
_PHONES = 20
_SENDER = Caller(actor="system", name="audit anchor", scopes=frozenset({"messages:send"}))


class Anchoring:
    """One for the process. ``desk`` is ``None`` where nothing can be sent."""

    def __init__(self, house: House, config: Config, desk: Desk | None = None) -> None:
        self._house = house
        self._config = config
        self._desk = desk
        self._asked = 0

    async def anchor(self, kind: str, by: str = "", actor: str = "system") -> Checkpoint:
        """Make an anchor now. Raises :class:`AnchorError`, a policy error or a store error."""
        if kind == anchors.SMS:
            return await self.by_sms(actor)
        if kind == anchors.WITNESS:
            return await self.by_witness(actor)
        if kind == anchors.PAPER:
            return await self.on_paper(by, actor)
        raise AnchorError("an anchor is sms, witness or paper")

    async def by_sms(self, actor: str = "system") -> Checkpoint:
        """Send the newest tree head to the configured phones, as an ordinary message."""
        phones = self._config.audit.anchor_phones
        if not phones or self._desk is None:
            raise AnchorError(
                "no phones to send to: set [audit] anchor_phones, and run the service"
            )
        head = await self._signed()
        text = self._text(head)
        sent = await self._desk.send(_SENDER, SendRequest(to=phones, text=text, purpose="service"))
        by = f"{len(sent.messages)} phones, {sent.batch.id}"
        await self._keep(anchors.SMS, head, by, text, actor, sent.batch.id)
        return head.checkpoint

    async def by_witness(self, actor: str = "system") -> Checkpoint:
        """Ask the configured witness for its signature."""
        url = self._config.audit.witness_url
        if not url:
            raise AnchorError("no witness to ask: set [audit] witness_url")
        await self._signed()
        house = self._house
        return await ask_witness(house.store, house.data_dir, url, self._witness(), actor)

    async def on_paper(self, by: str, actor: str) -> Checkpoint:
        """Note that the newest tree head was printed and signed by hand, and by whom."""
        if not by.strip():
            raise AnchorError("who signs the paper? Give their names")
        head = await self._signed()
        await self._keep(anchors.PAPER, head, by.strip()[:200], head.text, actor)
        return head.checkpoint

    async def listed(self, limit: int) -> list[AnchorAnswer]:
        """The newest anchors, each with whom it reached as far as this box knows."""
        vault = self._house.vault
        return await self._house.store.read(
            lambda c: [_answer(c, vault, found) for found in newest(c, limit)]
        )

    async def keep(self, poll: float = 60.0) -> None:
        """Anchor when it is due, until cancelled; what fails is tried again."""
        while True:
            try:
                await self._due()
            except AnchorConflictError as error:
                await self._alarm(error)
            except (AuditError, PolicyError, StoreError) as error:
                structlog.get_logger("audit").warning("audit.anchor_failed", error=str(error))
            await asyncio.sleep(poll)

    async def _due(self) -> None:
        audit, store = self._config.audit, self._house.store
        if audit.witness_url and store.now - self._asked >= HOUR:
            self._asked = store.now
            await self.by_witness()
        if audit.anchor_phones and self._desk is not None:
            _, at = await store.read(lambda c: last_anchor(c, anchors.SMS))
            if at < local_day(store.now, self._config.zone)[0]:
                await self._alarm_unseen()
                await self.by_sms()

    async def _alarm_unseen(self) -> None:
        """Yesterday's SMS reached no phone: nobody holds what it says."""
        last = next((a for a in await self.listed(_LOOKED_AT) if a.kind == anchors.SMS), None)
        if last is not None and not any(d.state == "delivered" for d in last.deliveries):
            await self._house.store.write(lambda uow: uow.feed("alarm", "anchor_unseen", "audit"))

    async def _alarm(self, error: AnchorConflictError) -> None:
        structlog.get_logger("audit").error("audit.anchor_conflict", error=str(error))
        await self._house.store.write(lambda uow: uow.feed("alarm", "anchor_conflict", "audit"))

    async def _signed(self) -> Head:
        """The newest tree head, signed now if records came after the last one."""
        house = self._house
        if house.log.unsigned:
            await checkpoint(house.store, house.log)
        return await house.store.read(newest_head)

    async def _keep(
        self, kind: str, head: Head, by: str, proof: str, actor: str, batch: str = ""
    ) -> None:
        await self._house.store.write(
            lambda uow: note_anchor(uow, kind, head.checkpoint, by, proof, actor, batch)
        )

    def _text(self, head: Head) -> str:
        """Without a 【signature】 all of it in GSM 7-bit; with one, what still fits one segment."""
        size, root = head.checkpoint.size, head.checkpoint.root
        if self._config.sms.signature:
            return anchors.short_text(size, head.epoch, root)
        return anchors.long_text(size, head.epoch, root, head.note.signature)

    def _witness(self) -> WitnessKey | None:
        key = self._config.audit.witness_key
        return parse_witness_key(key) if key else None


def _answer(connection: sqlite3.Connection, vault: Vault, found: Anchored) -> AnchorAnswer:
    """With what became of the message to each phone; after the ledger's time nothing is known."""
    carried = []
    if found.batch:
        carried = list(queries.messages(connection, vault, batch=found.batch, limit=_PHONES).items)
    return AnchorAnswer(
        kind=found.kind,
        size=found.size,
        root=found.root.hex(),
        at=to_datetime(found.at),
        by=found.by,
        deliveries=[
            AnchorDelivery(
                to=None if row.number is None else masked(row.number),
                state=row.state,
                at=to_datetime(row.updated_at),
            )
            for row in carried
        ],
    )
