"""The words for what a rule asks, in both languages: the same in a problem document, a hold and
``policy explain``."""

from __future__ import annotations

from dataclasses import dataclass

from .judge import Need, ResidentCap, Stop


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence, without a full stop, in English and Chinese."""

    en: str
    zh: str


ALLOWED = Words("no rule asks for more than the scope", "没有规则提出权限以外的要求")
EMERGENCY = Words(
    "an emergency goes at once; another person countersigns", "紧急消息立即发送，事后须另一人复核"
)


def stopped(stop: Stop) -> Words:
    """Why a send is stopped."""
    en = {
        "deny": "this is not allowed",
        "purpose": f"only the purposes {stop.allowed} are allowed",
        "priority": f"only the priorities {stop.allowed} are allowed",
        "recipients": f"at most {stop.limit} recipients in one send, not {stop.found}",
        "sender": f"at most {stop.limit} messages in 24 hours; this send makes it {stop.found}",
    }[stop.kind]
    zh = {
        "deny": "不允许此类发送",
        "purpose": f"仅允许用途 {stop.allowed}",
        "priority": f"仅允许优先级 {stop.allowed}",
        "recipients": f"每次最多 {stop.limit} 个收件人，本次为 {stop.found} 个",
        "sender": f"24 小时内最多 {stop.limit} 条，加上本次为 {stop.found} 条",
    }[stop.kind]
    if stop.say:
        return Words(f"{en} ({stop.say})", f"{zh}（{stop.say}）")
    return Words(en, zh)


def held(need: Need) -> Words:
    """What a held send waits for."""
    one, names = need.approvals == 1, ", ".join(need.approvers)
    persons = "another person" if one else f"{need.approvals} other persons"
    who = f"{persons} of {names}" if names else persons
    others = "另一人" if one else f"另外 {need.approvals} 人"
    wer = f"{others}（{names}）" if names else others
    if need.above == 0:
        return Words(f"{who} must approve every such send", f"此类发送均须{wer}审批")
    return Words(
        f"{who} must approve above {need.above} unapproved recipients in 24 hours",
        f"24 小时内未经审批的收件人超过 {need.above} 个时，须{wer}审批",
    )


def capped(cap: ResidentCap) -> Words:
    """Why a resident is left out."""
    names = ", ".join(cap.purposes)
    of, von = (f" of the purposes {names}", f"（用途 {names}）") if names else ("", "")
    return Words(
        f"at most {cap.limit} messages{of} to one number in 24 hours",
        f"同一号码 24 小时内最多 {cap.limit} 条短信{von}",
    )


def postponed(when: str) -> Words:
    """Why a send waits for its hour; ``when``: RFC 3339."""
    return Words(f"outside sending hours; goes at {when}", f"不在发送时段内，将于 {when} 发送")


def spared(template: str) -> Words:
    """Why a rule asked nothing."""
    return Words(
        f"the text is the template {template}, which two persons let go without",
        f"正文符合模板 {template}，经两人同意免于此规则",
    )
