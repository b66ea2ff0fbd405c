"""The send policy's file, key by key. A rule only ever restricts: what no rule touches is allowed
to whoever has the scope for it, so that rules can stand in any order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from ...queue.priorities import PriorityName, Purpose

DayKind = Literal["weekday", "weekend", "holiday", "exam"]
"""``exam`` comes on top of what the day is anyway."""

DAY_KINDS: tuple[DayKind, ...] = ("weekday", "weekend", "holiday", "exam")

Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Approvals = Annotated[int, msgspec.Meta(ge=1, le=3)]


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[calendar]``: dates (TOML's, or quoted), or spans ``"2026-10-01/2026-10-07"`` with both
    ends; ``dates.days`` reads them."""

    holidays: tuple[Any, ...] = ()
    workdays: tuple[Any, ...] = ()
    """Saturdays and Sundays on which people work (调休)."""
    exam_days: tuple[Any, ...] = ()


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[hours]]``: when these purposes may be sent on such days. Rows that speak of the same
    purpose and day all hold: what is open is open in each of them."""

    purposes: tuple[Purpose, ...]
    days: tuple[DayKind, ...] = DAY_KINDS[:3]
    open: tuple[str, ...]
    """Spans of local time such as ``"09:00-12:00"``; empty: not on such days."""


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[approval]``."""

    expires_hours: Annotated[int, msgspec.Meta(ge=0, le=8_760)] = 0
    """A batch that is still held then goes back to its submitter; 0: never."""


class Emergency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[emergency]``: what one person may do alone, and who looks at it afterwards."""

    reason_required: bool = False
    max_recipients_per_hour: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    """Of one submitter's emergencies, the call included; 0: no cap."""
    countersign_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24
    """Until another person has to have looked at it; then an alarm."""


class Rule(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"for_": "for", "except_": "except"},
):
    """``[[rule]]``: whom and what it concerns, then what it asks.

    Whom: ``role:approver``, ``person:NAME or ID``, ``key:NAME or ID``, ``system``, ``cli``.
    """

    name: str
    say: str = ""
    """Why, in the estate's words; shown to a sender whom it stops."""
    for_: tuple[str, ...] = ()
    """Empty: everyone."""
    except_: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    """Empty: all. Priority emergency is concerned only where ``emergency`` is named."""
    priorities: tuple[PriorityName, ...] = ()
    except_templates: tuple[str, ...] = ()
    """Sends whose text is one of these ``[[template]]`` are not concerned."""

    deny: bool = False
    only_purposes: tuple[Purpose, ...] = ()
    only_priorities: tuple[PriorityName, ...] = ()
    max_recipients: Count | None = None
    """Distinct recipients of one send."""
    per_sender: Count | None = None
    """Messages that a sender submits in 24 hours, this send included."""
    per_resident: Count | None = None
    """Messages to one number in 24 hours; emergencies and statutory notices do not count."""
    approvals: Approvals | None = None
    """Distinct other persons."""
    above: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    """Approvals are needed above so many distinct unapproved recipients in 24 hours."""
    approvers: tuple[str, ...] = ()
    """Whose approvals count; empty: of everyone with the scope."""


SlotKind = Literal["words", "digits", "date", "time"]


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may stand in a gap of a template."""

    kind: SlotKind = "words"
    """``words``: letters, and at most four digits on end; no full stop, no slash, no at sign."""
    max: Annotated[int, msgspec.Meta(ge=1, le=40)] = 12
    """Characters, one at least."""


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[template]]``: a text that, word for word but for its gaps, needs no second person by
    ``approval_above`` nor by a rule that excepts it. It counts once two persons let the policy pass."""

    name: str
    text: str
    """Without the signature; ``{name}`` is a gap."""
    purposes: tuple[Purpose, ...]
    slots: dict[str, Slot] = {}
    """Gaps that are other than :class:`Slot` says by default."""
    max_recipients: Count = 2_000
    """Of one send; a larger one is no send of this template."""
    per_day: Count = 10_000
    """Messages of this template in 24 hours, all senders together."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    version: str
    calendar: Calendar = Calendar()
    approval: Approval = Approval()
    emergency: Emergency = Emergency()
    hours: tuple[Hours, ...] = ()
    rule: tuple[Rule, ...] = ()
    template: tuple[Template, ...] = ()
