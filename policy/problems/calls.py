"""Refusals of a call whatever it is about: keys, names, settings, repeats."""

from __future__ import annotations

from typing import Literal

from .problem import Problem

CallCode = Literal[
    "auditor_key_invalid",
    "closing",
    "corpus_invalid",
    "expired_key",
    "expiry_past",
    "idempotency_in_flight",
    "idempotency_key_invalid",
    "idempotency_mismatch",
    "invalid_token",
    "key_file_read_only",
    "missing_scope",
    "name_invalid",
    "name_taken",
    "not_found",
    "reason_missing",
    "reason_too_long",
    "scope_unknown",
    "setting_invalid",
]

CALLS: dict[CallCode, Problem] = {
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
    "expired_key": Problem(
        401,
        "This key has expired; ask an administrator for a new one.",
        "密钥已过期，请向管理员申请新的密钥。",
    ),
    "expiry_past": Problem(422, "expires_at lies in the past.", "expires_at 早于当前时间。"),
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
    "invalid_token": Problem(
        401,
        "The token is unknown or was revoked. Send Authorization: Bearer TOKEN with a valid one.",
        "令牌未知或已吊销，请使用有效的令牌。",
    ),
    "key_file_read_only": Problem(
        409,
        "The service cannot write the key file {path}. Print the next one with `estate-sms privacy "
        "key-file`, install it, restart the service and repeat this.",
        "服务无权写入密钥文件 {path}。请用 estate-sms privacy key-file 生成新密钥文件，安装后重启服务，"
        "再执行一次。",
    ),
    "missing_scope": Problem(
        403,
        "This key lacks the scope {scope}. Use another key, or ask an administrator.",
        "该密钥缺少权限 {scope}。请使用其他密钥或联系管理员。",
    ),
    "name_invalid": Problem(
        422,
        "A name has 1 to {limit} visible characters, and is no id.",
        "名称须为 1 至 {limit} 个可见字符，且不能是编号。",
    ),
    "name_taken": Problem(409, "This name is taken; choose another.", "名称已被使用，请另选一个。"),
    "not_found": Problem(404, "There is no such {what}.", "未找到（{what}）。"),
    "reason_missing": Problem(
        422, "Give a reason; it goes into the record.", "请填写原因，原因会被记录。"
    ),
    "reason_too_long": Problem(
        422, "A reason has at most {limit} characters.", "原因最多 {limit} 个字符。"
    ),
    "scope_unknown": Problem(
        422,
        "There is no scope {scope}. Scopes are {allowed}.",
        "没有权限 {scope}。可用权限：{allowed}。",
    ),
    "setting_invalid": Problem(
        422, "The setting {setting} makes no sense: {what}.", "设置 {setting} 无效：{what}。"
    ),
}
