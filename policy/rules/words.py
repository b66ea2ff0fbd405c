"""The words for what a rule asks: the same in a problem document, a hold and ``policy explain``."""

from __future__ import annotations

from .judge import Need, ResidentCap, Stop


def stopped(stop: Stop) -> str:
    """Why a send is stopped."""
    said = {
        "deny": "this is not allowed",
        "purpose": f"only the purposes {stop.allowed} are allowed",
        "priority": f"only the priorities {stop.allowed} are allowed",
        "recipients": f"at most {stop.limit} recipients in one send, not {stop.found}",
        "sender": f"at most {stop.limit} messages in 24 hours; this send makes it {stop.found}",
    }[stop.kind]
    return f"{said} ({stop.say})" if stop.say else said


def held(need: Need) -> str:
    """What a held send waits for."""
    persons = "another person" if need.approvals == 1 else f"{need.approvals} other persons"
    who = f" of {', '.join(need.approvers)}" if need.approvers else ""
    if need.above == 0:
        return f"{persons}{who} must approve every such send"
    return f"{persons}{who} must approve above {need.above} unapproved recipients in 24 hours"


def capped(cap: ResidentCap) -> str:
    """Why a resident is left out."""
    of = f" of the purposes {', '.join(cap.purposes)}" if cap.purposes else ""
    return f"at most {cap.limit} messages{of} to one number in 24 hours"


def postponed(when: str) -> str:
    """Why a send waits for its hour; ``when``: RFC 3339."""
    return f"outside sending hours; goes at {when}"
