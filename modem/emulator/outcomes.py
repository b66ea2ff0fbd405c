"""What becomes of a message to a number: fixed by rules, else by a mix over hashed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

DELIVERED = 0x00
REPLACED = 0x02
CONGESTION = 0x20
NOT_OBTAINABLE = 0x43
VALIDITY_EXPIRED = 0x46
DELETED = 0x47
DOES_NOT_EXIST = 0x49


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network's behaviour towards one number.

    ``cms``: the submit is refused with this ``+CMS ERROR``. Otherwise it is accepted, and
    ``reports`` are the TP-ST values reported one after the other, the last one being final;
    none at all means that no report ever comes (and the message stays pending).
    """

    cms: int | None = None
    reports: tuple[int, ...] = (DELIVERED,)


class Rule(Outcome, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An outcome for one number (``+86138…``) or, ending in ``*``, for a prefix.

    ``times`` > 0: the rule wears out after so many submissions. The newest matching rule wins.
    """

    number: str
    times: int = 0


class Share(Outcome, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An outcome for a share (0..1) of all numbers."""

    share: float


DEMO_MIX: tuple[Share, ...] = (
    Share(share=0.015, reports=(NOT_OBTAINABLE,)),
    Share(share=0.010, reports=(VALIDITY_EXPIRED,)),
    Share(share=0.015, reports=(CONGESTION, DELIVERED)),
    Share(share=0.010, reports=()),
)
"""What the demo's estate meets; the remaining 95 % are delivered."""


class Outcomes:
    """Chooses the outcome of each submission; the same number always draws the same share."""

    def __init__(
        self, rules: Sequence[Rule] = (), mix: Sequence[Share] = (), seed: int = 0
    ) -> None:
        self._rules: list[tuple[Rule, int]] = []
        self._mix = tuple(mix)
        self._salt = seed.to_bytes(8, "big", signed=True)
        for rule in rules:
            self.add(rule)

    def add(self, rule: Rule) -> None:
        """Put a rule in front of the others."""
        self._rules.insert(0, (rule, rule.times))

    def choose(self, number: str) -> Outcome:
        """The outcome of one more submission to ``number``; wears limited rules out."""
        number = canonical(number)
        for place, (rule, left) in enumerate(self._rules):
            if not _matches(rule.number, number):
                continue
            if left == 1:
                del self._rules[place]
            elif left > 1:
                self._rules[place] = (rule, left - 1)
            return rule
        return self._share(number)

    def _share(self, number: str) -> Outcome:
        digest = blake2b(number.encode(), digest_size=8, salt=self._salt).digest()
        position = int.from_bytes(digest, "big") / 2**64
        for share in self._mix:
            position -= share.share
            if position < 0:
                return share
        return Outcome()


def canonical(number: str) -> str:
    """``+86…`` for a Chinese mobile number in any of its spellings, anything else unchanged."""
    digits = number.removeprefix("+").removeprefix("86")
    return f"+86{digits}" if len(digits) == 11 and digits.startswith("1") else number


def _matches(pattern: str, number: str) -> bool:
    if pattern.endswith("*"):
        return number.startswith(pattern[:-1])
    return canonical(pattern) == number
