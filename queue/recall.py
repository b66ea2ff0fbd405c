"""Recall: stop what is not sent, then climb the ladder for what is (never "deleted" without proof).

Queue and unsent parts are stopped at once, in the caller's unit. What was accepted gets an
SMS-COMMAND for each part, then a replacement when it was sent recallable, then a correction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .batches import end
from .errors import NotFoundError, RecallError, StateConflictError
from .recall_climb import WITHHELD, Means, climb
from .recall_items import load_item
from .recall_opening import RecallRequest, StartedRecall, tell, write_down
from .recall_scope import Target, scope_of, target_of
from .states import WAITING, BatchState, PartState
from .transitions import By, move_messages

_SQL = load(__name__, "recall.sql")

WITHDRAWN = "此消息已撤回。"
"""What a replacement says when there is no correction that fits one segment."""

SLICE = 100
"""Recipients taken up in one unit: what stops is stopped at once, what sends may take turns with
the rest of the house."""

_UNFINISHED = frozenset(
    {BatchState.HELD, BatchState.SCHEDULED, BatchState.SENDING, BatchState.PAUSED}
)


class Ladder:
    """The steps of a recall. Verbs take the caller's unit; ``can_command`` (of an IMSI) and
    ``segments`` are called on the store's thread."""

    def __init__(
        self,
        vault: Vault,
        can_command: Callable[[str], bool],
        segments: Callable[[str], int],
        withdrawn: str = WITHDRAWN,
    ) -> None:
        self._means = Means(vault, can_command, segments, withdrawn)
        self._stopping: set[int] = set()
        self._after = 0
        self._round = 0
        self.unfinished = True
        """Whether :meth:`go_on` may have something to do: at first, what an earlier run left."""

    def start(self, uow: UnitOfWork, request: RecallRequest) -> StartedRecall:
        """Stop at once; climb on, or wait for a second person.

        Raises :class:`NotFoundError` and :class:`RecallError` (``code``: ``already_running``,
        ``already_recalled``, ``nothing_to_recall``, ``is_recall``).
        """
        target = target_of(uow, request.batch, request.message)
        given = {"batch": target.batch, "message": target.message}
        running = uow.execute(_SQL["running"], given).fetchone()
        if running is not None:
            raise RecallError("already_running", "a recall of this is under way", running[0])
        scope = scope_of(uow, target)
        if not scope.waiting and not scope.out:
            if scope.recalled:
                raise RecallError("already_recalled", "it was recalled or cancelled before")
            raise RecallError("nothing_to_recall", "nothing of it reached anyone, or ever will")
        recall_id, ref, state = write_down(uow, self._means.vault, request, target, scope)
        by = By(request.actor, request.reason, "recall")
        if scope.waiting:
            _stop_waiting(uow, target, scope.waiting, ref, by)
        if target.message is None and target.batch_state in _UNFINISHED:
            end(uow, target.batch, BatchState.CANCELLED, by)
        self._climb_pending(uow, recall_id)
        uow.on_commit(lambda: self._stopping.update(scope.on_way))
        return StartedRecall(recall_id, ref, self._finish(uow, recall_id, ref, state))

    def on_air(
        self, uow: UnitOfWork, *, batch: str | None = None, message: str | None = None
    ) -> int:
        """How many recipients a recall might have to send something to: for the policy."""
        return len(scope_of(uow, target_of(uow, batch, message)).out)

    def approve_steps(self, uow: UnitOfWork, recall: str, *, actor: str, person: int) -> None:
        """Let a waiting recall send. Raises :class:`NotFoundError`, :class:`StateConflictError`,
        and ``sqlite3.IntegrityError`` for the person who asked for it (the schema's rule)."""
        recall_id = _waiting(uow, recall)
        uow.execute(_SQL["approve"], (person, uow.now, recall_id))
        tell(uow, recall, "approved", By(actor))
        self._climb_pending(uow, recall_id)
        self._finish(uow, recall_id, recall, "running")

    def reject_steps(
        self, uow: UnitOfWork, recall: str, *, actor: str, person: int, reason: str = ""
    ) -> None:
        """Refuse what a waiting recall would send; what it stopped stays stopped.

        Raises :class:`NotFoundError`, :class:`StateConflictError`. ``person`` is for symmetry:
        whoever asked may take it back, too.
        """
        recall_id = _waiting(uow, recall)
        uow.execute(_SQL["reject"], (uow.now, recall_id))
        tell(uow, recall, "rejected", By(actor, reason), {"person": person})
        self._climb_pending(uow, recall_id)

    def settled(self, uow: UnitOfWork, message_id: int) -> None:
        """Something happened to a message: climb on if a recall waits for it.

        Call it after every move of a message that was begun: the outcome of a hand-over, a
        displaced intent, a report, an expiry. Cheap when no recall is concerned. Parts of a
        recalled message that came back to ``queued`` are withheld here.
        """
        for (item_id,) in uow.execute(_SQL["concerned"], (message_id,)).fetchall():
            item = load_item(uow, self._means.vault, item_id)
            climb(uow, self._means, item)
            self._finish(uow, item.recall, item.recall_ref, item.recall_state)
        if message_id in self._stopping:
            uow.on_commit(lambda: self._stopping.discard(message_id))

    def all_settled(self, uow: UnitOfWork, message_ids: Sequence[int]) -> None:
        """:meth:`settled` for each; cheaper when hardly any recall is concerned."""
        rows = uow.execute(_SQL["any_concerned"], (json.dumps(message_ids),))
        concerned = {message_id for (message_id,) in rows}
        concerned.update(id_ for id_ in message_ids if id_ in self._stopping)
        for message_id in concerned:
            self.settled(uow, message_id)

    def go_on(self, uow: UnitOfWork) -> bool:
        """Take up recipients that no unit came to yet; whether there were any. For the clock."""
        rows = uow.execute(_SQL["unfinished"], (self._after, SLICE)).fetchall()
        for (item_id,) in rows:
            item = load_item(uow, self._means.vault, item_id)
            climb(uow, self._means, item)
            self._finish(uow, item.recall, item.recall_ref, item.recall_state)
        after = rows[-1][0] if len(rows) == SLICE else None
        round_ = self._round
        uow.on_commit(lambda: self._went(round_, after))
        return bool(rows)

    def stops(self, message_id: int) -> bool:
        """Whether a recall stopped a message that a modem has not begun: give its intent back.

        For the event loop, just before a hand-over; what it misses is caught by :meth:`settled`.
        """
        return message_id in self._stopping

    def _climb_pending(self, uow: UnitOfWork, recall_id: int) -> None:
        """Withhold whatever waits, and begin with the rest; :meth:`go_on` goes on."""
        ids = uow.execute(_SQL["unsent"], (recall_id,)).fetchall()
        rest = uow.execute(_SQL["pending"], (recall_id, SLICE + 1)).fetchall()
        for item_id in dict.fromkeys(row[0] for row in ids + rest[:SLICE]):
            climb(uow, self._means, load_item(uow, self._means.vault, item_id))
        if len(rest) > SLICE:
            uow.on_commit(self._begin_anew)

    def _begin_anew(self) -> None:
        self.unfinished, self._after = True, 0
        self._round += 1

    def _went(self, round_: int, after: int | None) -> None:
        if round_ == self._round:  # else more came while this one ran
            self.unfinished, self._after = after is not None, after or 0

    def _finish(self, uow: UnitOfWork, recall_id: int, ref: str, state: str) -> str:
        """Close the recall when every recipient has a final outcome; returns its state."""
        if state == "done" or uow.execute(_SQL["is_open"], (recall_id,)).fetchone()[0]:
            return state
        if not uow.execute(_SQL["done"], (uow.now, recall_id)).rowcount:
            return state
        uow.execute(_SQL["end_batches"], {"now": uow.now, "recall": recall_id})
        outcomes = dict(uow.execute(_SQL["outcomes"], (recall_id,)).fetchall())
        uow.feed("recall", "done", ref, outcomes)
        tell(uow, ref, "done", By(), outcomes)
        return "done"


def _stop_waiting(
    uow: UnitOfWork, target: Target, message_ids: list[int], ref: str, by: By
) -> None:
    move_messages(uow, target.batch, message_ids, PartState.CANCELLED, WAITING, WITHHELD, by=by)
    uow.feed("recall", "cancelled", ref, {"messages": len(message_ids)})


def _waiting(uow: UnitOfWork, recall: str) -> int:
    row = uow.execute(_SQL["recall"], (recall,)).fetchone()
    if row is None:
        raise NotFoundError("no such recall")
    if row[1] != "waiting":
        raise StateConflictError(f"the recall is {row[1]}")
    return int(row[0])
