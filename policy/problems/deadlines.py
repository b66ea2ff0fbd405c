"""What is wrong with a send's deadline, or with what it would do to those of others."""

from __future__ import annotations

from typing import Literal

from .problem import Problem

DeadlineCode = Literal["deadline_busy", "deadline_unreachable", "deadlines_endangered"]

DEADLINES: dict[DeadlineCode, Problem] = {
    "deadline_busy": Problem(
        503,
        "Too much goes before it: {late} of its messages could not be sent by valid_until. Extend it, repeat "
        "later with a later one, use a higher priority, or say accept_late.",
        "前面待发的消息过多：本次有 {late} 条无法在 valid_until 之前发出。请延长有效期，或稍后以更晚的有效期重试，"
        "或提高优先级，或设置 accept_late。",
    ),
    "deadline_unreachable": Problem(
        422,
        "The modems cannot send so much in that time: {late} messages would be too late even with nothing "
        "else to send. Extend valid_until, send to fewer, or say accept_late.",
        "模块在该时间内发不完：即使没有其他任务，也有 {late} 条会超过有效期。请延长 valid_until，减少收件人，"
        "或设置 accept_late。",
    ),
    "deadlines_endangered": Problem(
        503,
        "It would go before {delayed} messages that were accepted earlier, and they would miss their "
        "valid_until. Repeat later, or use a lower priority or a later valid_until; what cannot wait is urgent.",
        "本次发送会使先前已接受的 {delayed} 条消息超过有效期。请稍后重试，或降低优先级、设置更晚的 valid_until；"
        "确实不能等待的，请使用 urgent 优先级。",
    ),
}
