"""The recipients of a send while some of them fall away: opted out, or had enough today."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .answers import Rejection
from .errors import PolicyError
from .recipients import Recipients, nobody, rejection
from .rules import words
from .rules.judge import ResidentCap


class Sifted:
    """Numbers that are left, their subjects, and who was turned away with the place in the call."""

    def __init__(
        self, recipients: Recipients, written: Sequence[str], subjects: list[int] | None
    ) -> None:
        """``subjects``: one for each number; ``None`` when nobody needs to know them."""
        self.numbers = recipients.numbers
        self.subjects = subjects
        self._places = recipients.places
        self._rejected = list(recipients.rejected)
        self._written = written

    def drop_opted_out(self, out: Collection[int]) -> None:
        """Turn away the subjects in ``out``."""
        self._drop({subject: PolicyError("opted_out") for subject in out})

    def drop_restricted(self, restricted: Collection[int]) -> None:
        """Turn away those who asked to be forgotten."""
        self._drop({subject: PolicyError("restricted") for subject in restricted})

    def drop_full(self, full: Mapping[int, ResidentCap]) -> None:
        """Turn away those who had their messages of the day."""
        self._drop(
            {
                subject: PolicyError("daily_cap", rule=cap.rule, why=why.en, why_zh=why.zh)
                for subject, cap in full.items()
                for why in (words.capped(cap),)
            }
        )

    @property
    def rejected(self) -> list[Rejection]:
        """Who was turned away, in the order of the call."""
        return [refused for _, refused in sorted(self._rejected, key=lambda pair: pair[0])]

    def require_somebody(self) -> None:
        """Raises ``no_valid_recipient``."""
        if not self.numbers:
            raise nobody(sorted(self._rejected, key=lambda pair: pair[0]))

    def _drop(self, unwanted: Mapping[int, PolicyError]) -> None:
        if self.subjects is None or not unwanted:
            return
        kept: list[int] = []
        for i, subject in enumerate(self.subjects):
            refused = unwanted.get(subject)
            if refused is None:
                kept.append(i)
                continue
            place = self._places[i]
            shown = rejection(self._written[place], refused.code, **refused.extra)
            self._rejected.append((place, shown))
        self.numbers = [self.numbers[i] for i in kept]
        self.subjects = [self.subjects[i] for i in kept]
        self._places = [self._places[i] for i in kept]
