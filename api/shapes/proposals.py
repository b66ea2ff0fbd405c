"""What one proposes and another decides, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from ...policy.proposals import Proposal
from ..times import moment


class ProposalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What every proposal shows: who asked, and what became of it."""

    id: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    """The person's id."""
    decided_at: datetime | None
    reason: str | None


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal is called."""

    id: str


def common(one: Proposal) -> dict[str, Any]:
    """The fields of :class:`ProposalAnswer`."""
    return {
        "id": one.id,
        "state": one.state,
        "proposed_by": one.proposed_by,
        "proposed_at": moment(one.proposed_at),
        "decided_by": one.decided_by,
        "decided_at": moment(one.decided_at),
        "reason": one.reason,
    }
