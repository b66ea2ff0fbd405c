"""What a send would do to its own deadline and to those of what was accepted before: pure.

In favour of the send wherever something is not known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from ..queue.deadlines import Pace
from ..queue.hours import SendingHours
from ..queue.plan.lateness import Fate, Job, Opens, run_through, surely_in_time
from ..queue.priorities import Priority
from ..store.clock import SECOND, rfc3339, to_datetime
from .answers import Lateness
from .drafts import Draft
from .errors import PolicyError
from .problems import Code

_SOON, _LATEST = 5, 86_400


@dataclass(frozen=True, slots=True)
class Danger:
    """Who would come too late. Times in microseconds since 1970 UTC."""

    late: int
    """Of the send's own messages, after their ``valid_until``."""
    delayed: int
    """Of messages that were accepted before, after theirs."""
    done_at: int | None
    """When the whole send would be handed over, if it were sent on after its time; ``None``: not
    within two days."""
    alone: bool
    """Whether it would be late with nothing else to send."""
    retry_after: int
    """Seconds after which the same send, due so much later, would do no harm."""

    def shown(self) -> Lateness:
        """For the answer."""
        done_by = None if self.done_at is None else to_datetime(self.done_at)
        return Lateness(late=self.late, delayed=self.delayed, done_by=done_by)

    def refusal(self, draft: Draft, *, held: bool) -> Code | None:
        """Why the send is not accepted. Classes above normal always are; what is held hurts nobody
        yet."""
        if draft.priority < Priority.NORMAL:
            return None
        if self.late and not draft.accept_late:
            return "deadline_unreachable" if self.alone else "deadline_busy"
        return "deadlines_endangered" if self.delayed and not held else None

    def require_none(self, draft: Draft, *, held: bool) -> None:
        """Raises what :meth:`refusal` says."""
        code = self.refusal(draft, held=held)
        if code is None:
            return
        done = None if self.done_at is None else rfc3339(self.done_at)
        # A send that takes too long by itself will not be shorter later.
        wait = {} if code == "deadline_unreachable" else {"retry_after": self.retry_after}
        raise PolicyError(code, late=self.late, delayed=self.delayed, done_by=done, **wait)


def danger_of(
    jobs: Sequence[Job],
    mine: Job,
    now: int,
    pace: Pace,
    hours: SendingHours,
    *,
    others: bool,
) -> Danger | None:
    """What ``mine`` would do beside ``jobs``. Pure.

    ``others``: look at theirs too, as far as they go behind it.
    """
    behind = [job for job in jobs if job.valid_until is not None and job.place > mine.place]
    others = others and bool(behind)
    if mine.valid_until is None and not others:
        return None
    opens = cache(hours.next)
    if surely_in_time(jobs, mine, now, pace.flow, opens, others=others):
        return None

    def fates(*work: Job) -> list[Fate]:
        return run_through(work, now, pace.flow, pace.rested, opens)

    own = fates(*jobs, replace(mine, kept=True))[-1]
    late, hurt = round(own.late), list[tuple[float, int]]()
    if others:
        before, after = fates(*jobs), fates(*jobs, mine)
        hurt = [
            (more, was.done_at or job.valid_until or now)
            for job, was, then in zip(jobs, before, after, strict=False)
            if job.place > mine.place and (more := then.late - was.late) >= 0.5
        ]
    delayed = round(sum(more for more, _ in hurt))
    if not late and not delayed:
        return None
    alone = bool(late) and _late_alone(mine, now, pace, opens)
    # When what is hurt is through, or as much was sent as is too much now.
    waits = [end - now for _, end in hurt]
    if mine.valid_until is not None:
        span = mine.valid_until - now
        parts = own.late * mine.parts / mine.messages
        waits.append(int(span * parts / max(pace.flow.parts(span), 1.0)))
    seconds = min(max(math.ceil(max(waits) / SECOND), _SOON), _LATEST)
    return Danger(late, delayed, own.done_at, alone, seconds)


def _late_alone(mine: Job, now: int, pace: Pace, opens: Opens) -> bool:
    fate = run_through([mine], now, pace.rested, pace.rested, opens)[0]
    return round(fate.late) > 0
