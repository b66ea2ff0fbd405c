"""The story, step by step, told over the REST API like any other system would."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..client import Client
from ..language import _, word
from . import report, texts
from .prepare import Estate
from .screen import Screen, accepted, total, wait_for

_PATIENCE = 600.0
_OPEN = ("held", "scheduled", "queued", "submitting")


@dataclass(slots=True)
class Stage:
    """Who plays and what was sent."""

    screen: Screen
    submitter: Client
    approver: Client
    estate: Estate
    batches: dict[str, str] = field(default_factory=dict[str, str])
    """Public id by title, in the order of sending."""

    def batch(self, title: str) -> dict[str, Any]:
        """The batch as it stands."""
        answer: dict[str, Any] = self.submitter.call(
            "GET", f"/api/v1/batches/{self.batches[title]}"
        )
        return answer

    def modems(self) -> list[dict[str, Any]]:
        """The bank as it stands."""
        items: list[dict[str, Any]] = self.submitter.call("GET", "/api/v1/modems")["items"]
        return items

    def look(self, title: str, *, last: bool = False) -> dict[str, Any]:
        """Show progress and return the batch."""
        batch = self.batch(title)
        self.screen.show(title, batch, self.modems(), last=last)
        return batch


def submit(
    stage: Stage, title: str, numbers: list[str], text: str, **fields: Any
) -> dict[str, Any]:
    """Post a notice as its writer."""
    began = time.monotonic()
    body = {"to": numbers, "text": text, **fields}
    answer: dict[str, Any] = stage.submitter.call("POST", "/api/v1/messages", body)
    stage.batches[title] = answer["batch"]["id"]
    words = _(
        "{name} posts “{title}” to {households} households: accepted in {took:.2f} s, {state}"
    )
    stage.screen.say(
        words.format(
            name=texts.SUBMITTER, title=title, households=len(answer["messages"]),
            took=time.monotonic() - began, state=word(answer["batch"]["state"]),
        )
    )  # fmt: skip
    return answer


def approve(stage: Stage, title: str) -> None:
    """Another person looks at the batch and approves exactly what she saw."""
    path = f"/api/v1/batches/{stage.batches[title]}"
    seen = stage.approver.call("GET", path)
    stage.approver.call("POST", f"{path}/approve", {"digest": seen["digest"]})
    words = _("{name} reads text and recipients, and approves: it goes out")
    stage.screen.say(words.format(name=texts.APPROVER))


def notice_with_emergency(stage: Stage, *, affected: int) -> None:
    """The water notice to everyone; in the middle of it an emergency overtakes."""
    title = "停水通知"
    submit(stage, title, stage.estate.numbers, texts.WATER, purpose="service")
    approve(stage, title)
    with stage.screen:
        half = total(stage.batch(title)) * 0.45
        wait_for(lambda: accepted(stage.look(title)) >= half, patience=_PATIENCE)
    _overtake(stage, title, affected)
    with stage.screen:
        wait_for(lambda: not _open(stage.look(title)), patience=_PATIENCE)
    stage.look(title, last=True)


def _overtake(stage: Stage, behind: str, affected: int) -> None:
    waiting = stage.batch(behind)["counts"].get("queued", 0)
    title = "紧急疏散"
    words = _("Smoke in the garage, while {waiting} notices still wait:")
    stage.screen.say(words.format(waiting=waiting), "bold red")
    submit(
        stage, title, stage.estate.numbers[:affected], texts.FIRE,
        purpose="emergency", priority="emergency",
    )  # fmt: skip
    with stage.screen:
        wait_for(lambda: not _open(stage.look(title)), patience=_PATIENCE)
    answers = [
        stage.submitter.call("GET", f"/api/v1/messages/{row['id']}")
        for row in report.messages(stage.submitter, stage.batches[title])
    ]
    times = sorted(_seconds_until(answer, "submitted") for answer in answers)
    left = stage.batch(behind)["counts"].get("queued", 0)
    if times:
        words = _(
            "It overtook: first with the SMSC after {first:.1f} s, all {count} after {last:.1f} s, "
            "with {left} notices still waiting behind it"
        )
        stage.screen.say(
            words.format(first=times[0], count=len(times), last=times[-1], left=left), "bold"
        )


def _seconds_until(message: dict[str, Any], state: str) -> float:
    """Seconds from acceptance to the first time a message came into ``state``."""
    began = datetime.fromisoformat(message["created_at"])
    reached = [
        (datetime.fromisoformat(step["at"]) - began).total_seconds()
        for step in message["history"]
        if step["to"] == state
    ]
    return min(reached, default=float("inf"))


def wrong_notice(stage: Stage, *, households: int) -> None:
    """A second notice has a wrong date and is recalled half-way."""
    title = "业主大会"
    submit(
        stage, title, stage.estate.numbers[-households:], texts.MEETING,
        purpose="activity", recallable=True,
    )  # fmt: skip
    approve(stage, title)
    with stage.screen:
        half = households * 0.5
        wait_for(lambda: accepted(stage.look(title)) >= half, patience=_PATIENCE, pause=0.1)
    words = _("The date is wrong. {name} recalls it with a correction:")
    stage.screen.say(words.format(name=texts.SUBMITTER), "bold yellow")
    path = f"/api/v1/batches/{stage.batches[title]}/recall"
    body = {"reason": texts.REASON, "correction_text": texts.CORRECTION}
    recall = stage.submitter.call("POST", path, body)["id"]
    if stage.submitter.call("GET", f"/api/v1/recalls/{recall}")["state"] == "waiting":
        stage.screen.say(_("Stopping was immediate; steps that send wait for a second person."))
        stage.approver.call("POST", f"/api/v1/recalls/{recall}/approve", {})
        stage.screen.say(_("{name} approves them").format(name=texts.APPROVER))
    with stage.screen:
        wait_for(
            lambda: (
                stage.submitter.call("GET", f"/api/v1/recalls/{recall}")["state"] == "done"
                and not _open(stage.look(title))
            ),
            patience=60,
        )
    _recall_record(stage, recall)


def _recall_record(stage: Stage, recall: str) -> None:
    answer = stage.submitter.call("GET", f"/api/v1/recalls/{recall}", query={"limit": 1})
    outcomes = Counter({word: n for word, n in answer["counts"].items() if n})
    counted = ", ".join(
        _("{count} {outcome}").format(count=count, outcome=word(outcome))
        for outcome, count in outcomes.most_common()
    )
    said = _("Recall {state}: {outcomes}").format(state=word(answer["state"]), outcomes=counted)
    if beside := answer["not_reached"]:
        said += _("; {count} had reached nobody").format(count=beside)
    stage.screen.say(said)


def settle(stage: Stage) -> None:
    """Wait a little for the last status reports; what has none stays ``submitted``."""

    def pending() -> int:
        return sum(stage.batch(title)["counts"].get("submitted", 0) for title in stage.batches)

    before, quiet_since = pending(), time.monotonic()
    while before and time.monotonic() - quiet_since < 4.0:
        time.sleep(0.5)
        if (now := pending()) != before:
            before, quiet_since = now, time.monotonic()


def _open(batch: dict[str, Any]) -> int:
    return sum(batch["counts"].get(state, 0) for state in _OPEN)
