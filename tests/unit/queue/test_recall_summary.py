"""The page about a recall: plain words, no more than is known, in both languages alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from estate_sms.queue.recall_steps import Outcome
from estate_sms.queue.recall_summary import Language, may_have_seen, summary
from estate_sms.queue.recall_views import RecallView
from estate_sms.queue.views import Page

VIEW = RecallView(
    id="r1", batch="b1", message=None, state="done", reason="日期写错 {id}", correction="改为周日{batch}",
    actor="key:k1", approved_by="p2", counts={outcome.value: n for n, outcome in enumerate(Outcome, 1)},
    not_reached=2, items=Page([], None), created_at=0, decided_at=60_000_000, finished_at=120_000_000,
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_outcome_is_told_with_its_number(language: Language) -> None:
    page = summary(VIEW, language, UTC)
    for number in range(1, len(Outcome) + 1):
        assert f"\n{number:>6}  " in page
    assert "日期写错 {id}" in page, "what people wrote is not a form to fill in"
    assert "改为周日{batch}" in page
    assert "p2" in page
    assert "1970-01-01 00:02" in page
    assert page.count("0x47") == 1, "deleted is said once, with its proof"
    assert len(page.splitlines()) < 40, "one page"


def test_who_may_have_seen_it_is_everyone_not_proved_otherwise() -> None:
    assert may_have_seen({}) == 0
    counts = {"cancelled": 5, "stopped": 4, "deletion_confirmed": 3, "too_late": 2, "pending": 1}
    assert may_have_seen(counts) == 3
    page = summary(replace(VIEW, counts=counts), "en", UTC)
    assert "People who may have seen the notice: 3 of 17." in page


def test_a_recall_that_waits_says_so_and_names_nobody() -> None:
    waiting = replace(VIEW, state="waiting", approved_by=None, correction=None, not_reached=0)
    assert "等第二人" in summary(waiting, "zh", UTC)
    alone = replace(waiting, state="done")
    assert "无需第二人" in summary(alone, "zh", UTC)
