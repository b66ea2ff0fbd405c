"""The send policy as the API shows it."""

from __future__ import annotations

import msgspec

from ...policy.policies import Version
from ...policy.rules import InForce
from .proposals import ProposalAnswer, common


class PolicyVersion(ProposalAnswer, frozen=True, kw_only=True):
    """A version or a proposal: ``proposed``, ``in_force``, ``superseded`` or ``rejected``.

    ``hash`` is the SHA-256 of ``text``, which is empty in lists.
    """

    version: str
    hash: str
    text: str


class PolicyDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The policy in force, and the newest versions and proposals, newest first."""

    version: str
    hash: str
    text: str
    versions: list[PolicyVersion]


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
    return PolicyVersion(**common(one), version=one.version, hash=one.hash, text=one.text)
