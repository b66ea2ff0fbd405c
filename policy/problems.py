"""Every refusal of the desk: its code, its status, and its words in English and Chinese.

The codes are a door other programs rely on: add, never rename.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Code = Literal[
    "already_approved",
    "already_recalled",
    "approval_expired",
    "approval_not_needed",
    "approver_not_asked",
    "approver_too_new",
    "auditor_key_invalid",
    "closing",
    "corpus_invalid",
    "countersign_not_needed",
    "daily_cap",
    "digest_changed",
    "duplicate",
    "emergency_cap",
    "emergency_reason",
    "emergency_scope",
    "expired_key",
    "expiry_past",
    "foreign_signature",
    "idempotency_in_flight",
    "idempotency_key_invalid",
    "idempotency_mismatch",
    "invalid_number",
    "invalid_token",
    "missing_scope",
    "key_file_read_only",
    "name_invalid",
    "name_taken",
    "no_valid_recipient",
    "not_a_person",
    "not_before_too_far",
    "not_found",
    "not_mobile",
    "nothing_to_recall",
    "opt_out_impossible",
    "opted_out",
    "own_emergency",
    "own_proposal",
    "own_recall",
    "own_send",
    "person_disabled",
    "policy_cap",
    "policy_invalid",
    "policy_stopped",
    "policy_unchanged",
    "priority_emergency",
    "priority_fixed",
    "priority_unknown",
    "queue_full",
    "purpose_missing",
    "purpose_unknown",
    "reason_missing",
    "reason_too_long",
    "recallable_too_long",
    "reference_too_long",
    "roles_conflict",
    "restricted",
    "scope_unknown",
    "setting_invalid",
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
    "word_list_invalid",
    "word_list_unchanged",
    "wrong_state",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """A status hint and a message in two languages; ``{names}`` are filled from the extras."""

    status: int
    en: str
    zh: str


_ALL: dict[Code, Problem] = {
    "already_approved": Problem(
        409,
        "You approved this batch already: it waits for another person.",
        "您已审批过该批次，还需另一人审批。",
    ),
    "already_recalled": Problem(
        409, "A recall of it runs already, or is over.", "该消息正在撤回或已撤回。"
    ),
    "approval_expired": Problem(
        409,
        "The time to approve this batch is over; it goes back to its submitter, who can send it again.",
        "审批期限已过，该批次将退回提交人，可重新提交。",
    ),
    "approval_not_needed": Problem(
        409, "Nothing on this batch waits for an approval.", "该批次没有待审批的事项。"
    ),
    "approver_not_asked": Problem(
        403,
        "The send policy asks others to approve this ({approvers}).",
        "发送规范要求由其他人审批（{approvers}）。",
    ),
    "approver_too_new": Problem(
        403,
        "You became an approver after this batch was submitted: another person has to decide.",
        "您在该批次提交之后才成为审批人，须由另一人决定。",
    ),
    "auditor_key_invalid": Problem(
        422,
        "This is no X25519 public key; give it as PEM or as base64 of its 32 octets.",
        "这不是 X25519 公钥；请提供 PEM 格式或 32 字节的 base64。",
    ),
    "closing": Problem(
        503,
        "The gateway is shutting down and takes no new work; try again in a minute.",
        "网关正在关闭，不再接受新任务；请一分钟后重试。",
    ),
    "corpus_invalid": Problem(
        422, "The corpus cannot be used: {what}.", "评测语料无法使用：{what}。"
    ),
    "countersign_not_needed": Problem(
        409,
        "This is no emergency that waits for a countersign.",
        "该批次不是待会签的紧急消息。",
    ),
    "daily_cap": Problem(
        422,
        "This number has had its messages of the day (rule {rule}: {why}).",
        "该号码当日短信已达上限（规则 {rule}）。",
    ),
    "digest_changed": Problem(
        409,
        "The batch is not the one you looked at: its digest differs. Read it again, then decide.",
        "批次摘要不一致，您看到的不是当前内容。请重新查看后再决定。",
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
    "expired_key": Problem(
        401,
        "This key has expired; ask an administrator for a new one.",
        "密钥已过期，请向管理员申请新的密钥。",
    ),
    "expiry_past": Problem(422, "expires_at lies in the past.", "expires_at 早于当前时间。"),
    "foreign_signature": Problem(
        422,
        "The text begins with a signature that is not this estate's {signature}. Remove it: the gateway adds the right one.",
        "正文开头的签名不是本小区的签名{signature}。请删除，网关会自动添加正确的签名。",
    ),
    "idempotency_in_flight": Problem(
        409,
        "The first request with this Idempotency-Key is still being worked on; repeat in a second.",
        "使用相同 Idempotency-Key 的请求仍在处理中，请稍后重试。",
    ),
    "idempotency_key_invalid": Problem(
        422,
        "An Idempotency-Key has 1 to {limit} printable ASCII characters.",
        "Idempotency-Key 须为 1 至 {limit} 个可打印的 ASCII 字符。",
    ),
    "idempotency_mismatch": Problem(
        422,
        "This Idempotency-Key was used with another body. Use a new key for a new request.",
        "该 Idempotency-Key 已用于另一个请求内容。新的请求请使用新的键。",
    ),
    "invalid_number": Problem(
        422,
        "This is not a phone number of any known plan. Check the digits; foreign numbers begin with +.",
        "不是有效的电话号码。请检查数字；境外号码须以 + 开头。",
    ),
    "invalid_token": Problem(
        401,
        "The token is unknown or was revoked. Send Authorization: Bearer TOKEN with a valid one.",
        "令牌未知或已吊销，请使用有效的令牌。",
    ),
    "missing_scope": Problem(
        403,
        "This key lacks the scope {scope}. Use another key, or ask an administrator.",
        "该密钥缺少权限 {scope}。请使用其他密钥或联系管理员。",
    ),
    "key_file_read_only": Problem(
        409,
        "The service cannot write the key file {path}. Print the next one with `estate-sms privacy "
        "key-file`, install it, restart the service and repeat this.",
        "服务无权写入密钥文件 {path}。请用 estate-sms privacy key-file 生成新密钥文件，安装后重启服务，"
        "再执行一次。",
    ),
    "name_invalid": Problem(
        422, "A name has 1 to {limit} visible characters.", "名称须为 1 至 {limit} 个可见字符。"
    ),
    "name_taken": Problem(409, "This name is taken; choose another.", "名称已被使用，请另选一个。"),
    "no_valid_recipient": Problem(
        422,
        "No recipient is left to send to; see rejected for the reason of each.",
        "没有可以发送的收件人；每个号码的原因见 rejected。",
    ),
    "not_a_person": Problem(
        403,
        "Only a person's key decides this; keys of systems and the local command line never do.",
        "只有个人密钥可以做此决定，系统密钥和本机命令行不可以。",
    ),
    "not_before_too_far": Problem(
        422, "not_before lies more than {days} days ahead.", "not_before 不能晚于 {days} 天之后。"
    ),
    "not_found": Problem(404, "There is no such {what}.", "未找到（{what}）。"),
    "not_mobile": Problem(
        422,
        "This number cannot receive text messages (a landline or service number).",
        "该号码无法接收短信（固定电话或服务号码）。",
    ),
    "nothing_to_recall": Problem(
        409, "There is nothing to recall here: {why}.", "没有可以撤回的内容：{why}。"
    ),
    "opt_out_impossible": Problem(
        422,
        "Nobody can opt out of {purpose} messages.",
        "{purpose} 类消息不可退订。",
    ),
    "opted_out": Problem(
        422, "The holder of this number opted out of such messages.", "该用户已退订此类消息。"
    ),
    "own_emergency": Problem(
        403,
        "You sent this emergency yourself: another person has to countersign.",
        "您不能会签自己发送的紧急消息，须由另一人会签。",
    ),
    "own_proposal": Problem(
        403,
        "You proposed this policy yourself: another person has to decide.",
        "您不能审批自己提出的规范，须由另一人决定。",
    ),
    "own_recall": Problem(
        403,
        "You asked for this recall yourself: another person has to decide.",
        "您不能审批自己发起的撤回，须由另一人决定。",
    ),
    "own_send": Problem(
        403,
        "You submitted this batch yourself: another person has to decide.",
        "您不能审批自己提交的批次，须由另一人决定。",
    ),
    "person_disabled": Problem(
        403, "This person was disabled and can decide nothing.", "该人员已停用，无法做出决定。"
    ),
    "policy_cap": Problem(
        429,
        "The send policy stops this, rule {rule}: {why}.",
        "发送规范阻止了本次发送（规则 {rule}）：{why}。",
    ),
    "policy_invalid": Problem(
        422, "The send policy {file} cannot be used: {what}.", "发送规范 {file} 无效：{what}。"
    ),
    "policy_stopped": Problem(
        403,
        "The send policy stops this, rule {rule}: {why}.",
        "发送规范阻止了本次发送（规则 {rule}）：{why}。",
    ),
    "policy_unchanged": Problem(
        409, "This is the send policy that is in force already.", "该发送规范已在执行。"
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
    "reason_missing": Problem(
        422, "Give a reason; it goes into the record.", "请填写原因，原因会被记录。"
    ),
    "reason_too_long": Problem(
        422, "A reason has at most {limit} characters.", "原因最多 {limit} 个字符。"
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
    "roles_conflict": Problem(
        409,
        "One person never holds {first} and {second} together. Revoke a key first, or ask another person.",
        "同一人不能同时拥有 {first} 和 {second} 权限。请先吊销密钥，或改由他人承担。",
    ),
    "restricted": Problem(
        422,
        "The holder of this number asked to be forgotten; nothing but emergencies is sent to it.",
        "该号码的持有人已申请删除个人信息，除紧急消息外不再发送。",
    ),
    "scope_unknown": Problem(
        422,
        "There is no scope {scope}. Scopes are {allowed}.",
        "没有权限 {scope}。可用权限：{allowed}。",
    ),
    "setting_invalid": Problem(
        422, "The setting {setting} makes no sense: {what}.", "设置 {setting} 无效：{what}。"
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
    "word_list_invalid": Problem(
        422, "Word list {file}, line {line}: {what}.", "词表 {file} 第 {line} 行：{what}。"
    ),
    "word_list_unchanged": Problem(
        409, "This is the word list that is in force.", "该词表与当前生效的词表相同。"
    ),
    "wrong_state": Problem(
        409, "This cannot be done while it is {state}.", "当前状态（{state}）下不能执行此操作。"
    ),
}
PROBLEMS: MappingProxyType[Code, Problem] = MappingProxyType(_ALL)
"""The table; a test holds it complete."""
