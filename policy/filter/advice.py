"""What a sender can do about a hit, in words. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Advice(NamedTuple):
    """The same sentence twice."""

    english: str
    chinese: str


_BY_ACTION = {
    "block": Advice(
        "Take this word out, or say it otherwise; the text is not sent with it.",
        "请删去或改写这个词；含有它的短信不会发出。",
    ),
    "review": Advice(
        "Change it, or wait: a second person reads the text before it is sent.",
        "请改写，或等待另一人审阅后再发出。",
    ),
    "mask": Advice(
        "It is sent as asterisks; write it otherwise if it has to be read.",
        "发出时以星号代替；如需让人读到，请改写。",
    ),
    "alert": Advice("It is sent, and recorded.", "照常发出，并留下记录。"),
}
_BY_RULE = {
    "link": Advice(
        "Name the place without a link, or ask for the address to be put on the allow list.",
        "请不用链接说明去处，或申请把这个网址加入放行词表。",
    ),
    "short link": Advice(
        "Write the full address: nobody sees where a short link leads.",
        "请写完整网址：短链接看不出通向哪里。",
    ),
    "e-mail": Advice(
        "Leave the address out, or ask for it to be put on the allow list.",
        "请不写邮箱，或申请把它加入放行词表。",
    ),
    "phone": Advice(
        "It is sent, and recorded; the estate's own numbers belong in sms.own_numbers.",
        "照常发出，并留下记录；本小区自己的号码请配置在 sms.own_numbers。",
    ),
    "disguised phone": Advice(
        "Write the number plainly, in digits.",
        "请用阿拉伯数字直接写出号码。",
    ),
    "id card": Advice(
        "Take the identity number out: it must not be sent.",
        "请删去身份证号：它不得发出。",
    ),
    "bank card": Advice(
        "Take the card number out; name the way to pay instead.",
        "请删去银行卡号，改写缴费方式。",
    ),
    "arrears": Advice(
        "Take names and debts out of a text that many read; send them one by one.",
        "群发短信请不写姓名和欠费；请逐户发送。",
    ),
    "signature": Advice(
        "Remove this signature: the gateway adds the estate's own.",
        "请删去这个签名：网关会加上本小区的签名。",
    ),
    "pinyin": Advice(
        "It sounds like a listed word. If it is none, wait: a second person reads it.",
        "读音与词表中的词相同。如果不是，请等待另一人审阅。",
    ),
    "shape": Advice(
        "It looks like a listed word. If it is none, wait: a second person reads it.",
        "字形与词表中的词相近。如果不是，请等待另一人审阅。",
    ),
}


def advice(action: str, rule: str) -> Advice:
    """A sentence for the sender; ``rule`` is a detector's or a view's name."""
    return _BY_RULE.get(rule) or _BY_ACTION[action]
