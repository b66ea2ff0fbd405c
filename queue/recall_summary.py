"""What a recall achieved, on one page and in plain words: for whoever has to answer for the notice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from types import MappingProxyType
from typing import Literal

from ..store.clock import to_datetime
from .recall_steps import Outcome
from .recall_views import RecallView

Language = Literal["zh", "en"]

_NEVER = (Outcome.CANCELLED, Outcome.STOPPED, Outcome.DELETION_CONFIRMED)
"""Whose handset never shows the notice: it stayed here, or the SMSC proved its deletion."""


@dataclass(frozen=True, slots=True)
class _Words:
    """One language. Braces name what is filled in."""

    title: str
    head: str
    alone: str
    second: str
    states: Mapping[str, str]
    outcomes: Mapping[Outcome, str]
    nobody: str
    shown: str
    open: str
    correction: str
    limits: Sequence[str] = field(default=())


_ZH = _Words(
    title="短信撤回小结 {id}",
    head="批次 {batch}{message}；{begun} 由 {actor} 发起；原因：{reason}",
    alone="只停止发送，或影响人数在一人可决定的范围内，无需第二人。",
    second="需要发出短信的步骤由第二人 {person} 于 {decided} 同意。",
    states=MappingProxyType({
        "waiting": "未发出的已立即停止；需要发出短信的步骤在等第二人同意。",
        "running": "仍在进行，以下数字还会变化。",
        "rejected": "第二人不同意发出短信；已停止的保持停止。",
        "done": "已结束（{finished}）。",
    }),
    outcomes=MappingProxyType({
        Outcome.CANCELLED: "还在队列中，未曾发出",
        Outcome.STOPPED: "长短信只发出一部分，其余已扣下，手机拼不成原文",
        Outcome.DELETION_CONFIRMED: "短信中心确认已在送达前删除（TP-ST 0x47）",
        Outcome.DELETION_REQUESTED: "已请求短信中心删除，没有得到证明",
        Outcome.DELETION_REFUSED: "短信中心拒绝删除",
        Outcome.DELETION_UNSUPPORTED: "短信中心或模块不支持删除",
        Outcome.REPLACEMENT_SENT: "已发出替换短信，手机可能替换也可能不替换原文",
        Outcome.CORRECTION_SENT: "已发出更正短信",
        Outcome.TOO_LATE: "原短信已到或可能已到手机，没有再发任何内容",
        Outcome.PENDING: "尚无结果",
    }),
    nobody="另有 {count} 人的短信在撤回前已失败或取消，没有到达任何人，无需撤回。",
    shown="可能看到原短信的人数：{count} / {total}。",
    open="其中尚无结果：{count}。",
    correction="更正内容：{text}",
    limits=(
        "短信一旦到达手机，任何人都无法收回。",
        "只有“短信中心确认”才算删除；“已发出”不等于对方已看到。",
        "每位收件人的步骤、时间与证据见 GET /api/v1/recalls/{id}。",
    ),
)  # fmt: skip
_EN = _Words(
    title="Recall {id}, in short",
    head="Batch {batch}{message}; begun {begun} by {actor}; reason: {reason}",
    alone="It only stopped what waited, or concerned no more people than one person may decide about.",
    second="Steps that send were allowed by a second person, {person}, at {decided}.",
    states=MappingProxyType({
        "waiting": "What was not sent was stopped at once; steps that send wait for a second person.",
        "running": "It is under way; these numbers will change.",
        "rejected": "A second person refused to send anything; what was stopped stays stopped.",
        "done": "It is over ({finished}).",
    }),
    outcomes=MappingProxyType({
        Outcome.CANCELLED: "were still in the queue: never sent",
        Outcome.STOPPED: "got only some parts of a long message, the rest was withheld: no handset can show it",
        Outcome.DELETION_CONFIRMED: "were deleted by the SMSC before delivery, with its proof (TP-ST 0x47)",
        Outcome.DELETION_REQUESTED: "were asked to be deleted at the SMSC: no proof came",
        Outcome.DELETION_REFUSED: "were not deleted: the SMSC refused",
        Outcome.DELETION_UNSUPPORTED: "were not deleted: SMSC or modem cannot",
        Outcome.REPLACEMENT_SENT: "were sent a replacement: their handset may or may not have honoured it",
        Outcome.CORRECTION_SENT: "were sent a correction",
        Outcome.TOO_LATE: "have the notice, or may have it, and were sent nothing more",
        Outcome.PENDING: "have no outcome yet",
    }),
    nobody="{count} more had failed or been cancelled before the recall and reached nobody.",
    shown="People who may have seen the notice: {count} of {total}.",
    open="Without an outcome yet: {count}.",
    correction="The correction says: {text}",
    limits=(
        "An SMS that reached a handset cannot be taken back by anyone.",
        "Only the SMSC's proof means deleted; sent does not mean read.",
        "Every recipient's steps, times and evidence: GET /api/v1/recalls/{id}.",
    ),
)  # fmt: skip
_WORDS: Mapping[Language, _Words] = {"zh": _ZH, "en": _EN}


def may_have_seen(counts: Mapping[str, int]) -> int:
    """How many recipients the notice may have reached, by the outcomes of a recall."""
    return sum(counts.values()) - sum(counts.get(outcome, 0) for outcome in _NEVER)


def summary(view: RecallView, language: Language, zone: tzinfo) -> str:
    """One page about ``view``; times in ``zone``. Nothing says "deleted" without TP-ST 0x47."""
    words, counts = _WORDS[language], view.counts
    told = {
        "id": view.id, "batch": view.batch, "actor": view.actor, "reason": view.reason,
        "message": f" / {view.message}" if view.message else "",
        "begun": _time(view.created_at, zone), "decided": _time(view.decided_at, zone),
        "finished": _time(view.finished_at, zone), "person": view.approved_by,
    }  # fmt: skip
    total = sum(counts.values()) + view.not_reached
    lines = [f"# {words.title}", "", words.head, words.states[view.state]]
    if view.approved_by is not None:
        lines.append(words.second)
    elif view.state in {"running", "done"}:
        lines.append(words.alone)
    lines += ["", words.shown.format(count=may_have_seen(counts), total=total)]
    if waiting := counts.get(Outcome.PENDING, 0):
        lines.append(words.open.format(count=waiting))
    lines.append("")
    lines += [f"{counts[o]:>6}  {text}" for o, text in words.outcomes.items() if counts.get(o)]
    if view.not_reached:
        lines += ["", words.nobody.format(count=view.not_reached)]
    filled = [
        line.format(**told) for line in (*lines, "", *(f"- {limit}" for limit in words.limits))
    ]
    if view.correction is not None:
        filled[-len(words.limits) - 1 : -len(words.limits)] = [
            "", words.correction.format(text=view.correction), "",
        ]  # fmt: skip
    return "\n".join(filled) + "\n"


def _time(at: int | None, zone: tzinfo) -> str:
    return "" if at is None else to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")
