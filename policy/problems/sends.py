"""What is wrong with a send: its text, recipients, times, and what the rules say of it."""

from __future__ import annotations

from typing import Literal

from .problem import Problem

SendCode = Literal[
    "daily_cap",
    "duplicate",
    "emergency_cap",
    "emergency_reason",
    "emergency_scope",
    "foreign_signature",
    "invalid_number",
    "no_valid_recipient",
    "not_before_too_far",
    "not_mobile",
    "opt_out_impossible",
    "opted_out",
    "policy_cap",
    "policy_stopped",
    "priority_emergency",
    "priority_fixed",
    "priority_unknown",
    "purpose_missing",
    "purpose_unknown",
    "queue_full",
    "recallable_too_long",
    "reference_too_long",
    "restricted",
    "text_blocked",
    "text_empty",
    "text_invalid",
    "text_too_large",
    "text_too_long",
    "time_invalid",
    "too_many_recipients",
    "valid_until_past",
    "valid_until_too_far",
    "valid_until_too_soon",
]

SENDS: dict[SendCode, Problem] = {
    "daily_cap": Problem(
        422,
        "This number has had its messages of the day (rule {rule}: {why}).",
        "该号码当日短信已达上限（规则 {rule}：{why}）。",
    ),
    "duplicate": Problem(
        422, "This number stands more than once in the call.", "该号码在本次请求中重复。"
    ),
    "emergency_cap": Problem(
        429,
        "The send policy caps emergencies at {limit} recipients an hour; with this one it would be {found}. "
        "Ask another emergency operator, or send it as urgent with approval.",
        "发送规范限定紧急消息每小时最多 {limit} 个收件人，本次将达到 {found}。请由另一名应急值班人发送，或改为 urgent 并审批。",
    ),
    "emergency_reason": Problem(
        422,
        "The send policy wants a reason for an emergency: add reason.",
        "发送规范要求紧急消息填写原因 reason。",
    ),
    "emergency_scope": Problem(
        403,
        "An emergency needs a key with the scope messages:emergency. Ask an administrator for one.",
        "发送紧急消息需要带有 messages:emergency 权限的密钥，请向管理员申请。",
    ),
    "foreign_signature": Problem(
        422,
        "The text begins with a signature that is not this estate's {signature}. Remove it: the gateway adds the right one.",
        "正文开头的签名不是本小区的签名{signature}。请删除，网关会自动添加正确的签名。",
    ),
    "invalid_number": Problem(
        422,
        "This is not a phone number of any known plan. Check the digits; foreign numbers begin with +.",
        "不是有效的电话号码。请检查数字；境外号码须以 + 开头。",
    ),
    "no_valid_recipient": Problem(
        422,
        "No recipient is left to send to; see rejected for the reason of each.",
        "没有可以发送的收件人；每个号码的原因见 rejected。",
    ),
    "not_before_too_far": Problem(
        422, "not_before lies more than {days} days ahead.", "not_before 不能晚于 {days} 天之后。"
    ),
    "not_mobile": Problem(
        422,
        "This number cannot receive text messages (a landline or service number).",
        "该号码无法接收短信（固定电话或服务号码）。",
    ),
    "opt_out_impossible": Problem(
        422,
        "Nobody can opt out of {purpose} messages.",
        "{purpose} 类消息不可退订。",
    ),
    "opted_out": Problem(
        422, "The holder of this number opted out of such messages.", "该用户已退订此类消息。"
    ),
    "policy_cap": Problem(
        429,
        "The send policy stops this, rule {rule}: {why}.",
        "发送规范阻止了本次发送（规则 {rule}）：{why}。",
    ),
    "policy_stopped": Problem(
        403,
        "The send policy stops this, rule {rule}: {why}.",
        "发送规范阻止了本次发送（规则 {rule}）：{why}。",
    ),
    "priority_emergency": Problem(
        422,
        "Priority emergency goes with purpose emergency only. Use urgent for other purposes.",
        "紧急优先级（emergency）只能用于紧急用途。其他用途请使用 urgent。",
    ),
    "priority_fixed": Problem(
        409,
        "This was submitted as {submitted}: by hand it may become normal or bulk, and urgent again "
        "only if it was that; an emergency stays one.",
        "该批次提交时优先级为 {submitted}：可改为 normal 或 bulk；仅原为 urgent 者可恢复 urgent；紧急消息不可更改。",
    ),
    "priority_unknown": Problem(
        422, "The priority is one of {allowed}.", "优先级须为 {allowed} 之一。"
    ),
    "purpose_missing": Problem(
        422,
        "Say what the message is for: purpose is one of {allowed}.",
        "请填写用途 purpose：{allowed}。",
    ),
    "purpose_unknown": Problem(
        422, "The purpose is one of {allowed}.", "用途须为 {allowed} 之一。"
    ),
    "queue_full": Problem(
        503,
        "{waiting} messages wait already, {limit} is the limit; try again later. Emergencies are "
        "still taken.",
        "队列中已有 {waiting} 条待发消息（上限 {limit} 条），请稍后再试。紧急消息不受此限。",
    ),
    "recallable_too_long": Problem(
        422,
        "Only a text of one segment can be replaced on the handset; this one takes {segments}. "
        "Shorten it, or send it without recallable (it can still be recalled from the queue).",
        "只有单条短信可以在手机上被替换，此正文需要 {segments} 条。请缩短，或不使用 recallable。",
    ),
    "reference_too_long": Problem(
        422,
        "client_ref has at most {limit} characters, without control characters.",
        "client_ref 最多 {limit} 个字符，不能含控制字符。",
    ),
    "restricted": Problem(
        422,
        "The holder of this number asked to be forgotten; nothing but emergencies is sent to it.",
        "该号码的持有人已申请删除个人信息，除紧急消息外不再发送。",
    ),
    "text_blocked": Problem(
        422,
        "The word filter blocked the text; hits says where. Change these words and send again.",
        "内容被敏感词过滤拦截，位置见 hits。请修改后重新发送。",
    ),
    "text_empty": Problem(
        422, "The text is empty; write what is to be sent.", "正文为空，请填写要发送的内容。"
    ),
    "text_invalid": Problem(
        422,
        "The text holds {what} at position {position}, which a handset cannot show or must not get. Remove it.",
        "正文第 {position} 个位置含有不允许的字符（{what}），请删除。",
    ),
    "text_too_large": Problem(
        422, "At most {limit} characters are checked.", "最多检查 {limit} 个字符。"
    ),
    "text_too_long": Problem(
        422,
        "The text takes {segments} segments ({characters} characters); at most {limit} are sent. Shorten it.",
        "正文共 {characters} 个字符，需要 {segments} 条短信，最多 {limit} 条。请缩短。",
    ),
    "time_invalid": Problem(
        422, "{field} needs a date, a time and a time zone.", "{field} 须包含日期、时间和时区。"
    ),
    "too_many_recipients": Problem(
        422,
        "The call names {count} recipients; at most {limit} fit in one. Split it.",
        "本次请求含 {count} 个收件人，最多 {limit} 个，请分批提交。",
    ),
    "valid_until_past": Problem(
        422,
        "valid_until lies in the past or before not_before: nothing could be sent.",
        "valid_until 早于当前时间或 not_before，无法发送。",
    ),
    "valid_until_too_far": Problem(
        422, "valid_until lies more than {days} days ahead.", "valid_until 不能晚于 {days} 天之后。"
    ),
    "valid_until_too_soon": Problem(
        422,
        "valid_until ends before sending hours begin ({starts_at}). Extend it, or use priority urgent.",
        "valid_until 早于允许发送的时间（{starts_at}）。请延长有效期，或使用 urgent 优先级。",
    ),
}
