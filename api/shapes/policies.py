"""The send policy as the API shows it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...policy.policies import Version
from ...policy.rules import InForce
from ..times import moment


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version or a proposal. ``hash`` is the SHA-256 of ``text``."""

    id: str
    version: str
    hash: str
    text: str
    """Empty in lists."""
    state: str
    """``proposed``, ``in_force``, ``superseded`` or ``rejected``."""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class PolicyDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The policy in force, and the newest versions and proposals, newest first."""

    version: str
    hash: str
    text: str
    versions: list[PolicyVersion]


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal is called."""

    id: str


def detail(current: InForce, versions: list[Version]) -> PolicyDetail:
    """The policy in force and its versions."""
    return PolicyDetail(
        version=current.policy.version,
        hash=current.hash,
        text=current.text,
        versions=[_version(one) for one in versions],
    )


class PolicyProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A version with its text, and what it would change in the policy in force."""

    version: PolicyVersion
    changes: list[str]
    """``+`` new, ``-`` gone, ``~`` changed."""


def proposal(one: Version, changes: list[str]) -> PolicyProposal:
    """A version for the person who decides."""
    return PolicyProposal(version=_version(one), changes=changes)


def _version(one: Version) -> PolicyVersion:
    return PolicyVersion(
        id=one.id,
        version=one.version,
        hash=one.hash,
        text=one.text,
        state=one.state,
        proposed_by=one.proposed_by,
        proposed_at=moment(one.proposed_at),
        decided_by=one.decided_by,
        decided_at=moment(one.decided_at),
        reason=one.reason,
    )
