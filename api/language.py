"""The language of an answer's words: Chinese or English, by the header Accept-Language (RFC 9110 §12.5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..policy.errors import Language, filled

_LONGEST = 256
"""Octets of the header that are looked at."""


def preferred(header: str | None) -> Language:
    """What a caller with this ``Accept-Language`` reads; English without one, or with rubbish."""
    best, chosen = 0.0, "en"
    for part in (header or "")[:_LONGEST].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = _quality(weight)
        if language in {"zh", "en"} and quality > best:
            best, chosen = quality, language
    return "zh" if chosen == "zh" else "en"


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(float(value), 1.0) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0


CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "already_recalled": "该消息此前已撤回或取消。",
        "already_running": "对它的撤回正在进行中。",
        "anchor_failed": "日志未能锚定，原因见服务日志。",
        "bad_cursor": "此 cursor 不属于该列表；请原样使用 next_cursor，或不带 cursor 重新开始。",
        "bad_event_id": "Last-Event-ID 应为事件的编号。",
        "bad_parameter": "参数 {field} 的值不正确，参见 /docs。",
        "bad_request": "无法理解该请求。",
        "body_too_large": "请求体超过本网关的上限，请分批调用。",
        "busy": "正在处理的请求过多，请几秒后重试，或分成较小的调用。",
        "closing": "网关正在关闭，请一分钟后重试。",
        "held": "该批次仍有事项未放行，请查看其 holds。",
        "internal": "网关内部出错，详情见服务日志。",
        "invalid_value": "{field}：此处不允许该值，参见 /docs。",
        "is_recall": "撤回所发出的消息本身不能再撤回。",
        "malformed_json": "请求体不是 UTF-8 编码的 JSON，或含有损坏的字符。",
        "method_not_allowed": "该路径不支持此方法，请看响应头 Allow。",
        "missing_body": "该调用需要 JSON 请求体，参见 /docs。",
        "missing_field": "缺少必填字段 {field}。",
        "no_token": "请携带令牌：请求头 Authorization: Bearer TOKEN。",
        "not_found": "没有该对象；全部调用见 /docs。",
        "nothing_to_recall": "它没有送达任何人，也不会再送达。",
        "one_target": "一次撤回只针对一条消息或一个批次。",
        "store_error": "数据库出错，未写入任何内容，请重试。",
        "store_full": "磁盘已满，未写入任何内容，请先腾出空间。",
        "store_unwritable": "数据库无法写入（只读或无权限），未写入任何内容。",
        "time_invalid": "{field} 须包含日期、时间和时区。",
        "too_many_streams": "打开的事件流过多，请关闭一个或稍后重试。",
        "unknown_field": "此处没有字段 {field}。",
        "unsupported_media_type": "请发送 JSON：请求头 Content-Type: application/json。",
        "wrong_state": "当前状态下不能执行此操作。",
        "wrong_type": "{field}：类型不正确，参见 /docs。",
    }
)
"""What the HTTP layer's own refusals say, by code; a gap is filled from the problem's members."""


def in_chinese(code: str, members: Mapping[str, object]) -> str | None:
    """The Chinese words for ``code``, or ``None`` for one that has none."""
    words = CHINESE.get(code)
    return None if words is None else filled(words, members)
