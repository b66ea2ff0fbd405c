"""What a sender can do about a hit, in words. Pure."""

from __future__ import annotations

_BY_ACTION = {
    "block": "Take this word out, or say it otherwise; the text is not sent with it.",
    "review": "Change it, or wait: a second person reads the text before it is sent.",
    "mask": "It is sent as asterisks; write it otherwise if it has to be read.",
    "alert": "It is sent, and recorded.",
}
_BY_RULE = {
    "link": "Name the place without a link, or ask for the address to be put on the allow list.",
    "short link": "Write the full address: nobody sees where a short link leads.",
    "e-mail": "Leave the address out, or ask for it to be put on the allow list.",
    "phone": "It is sent, and recorded; a house number of the service desk is better.",
    "disguised phone": "Write the number plainly, in digits.",
    "id card": "Take the identity number out: it must not be sent.",
    "bank card": "Take the card number out; name the way to pay instead.",
    "arrears": "Take names and debts out of a text that many read; send them one by one.",
    "signature": "Remove this signature: the gateway adds the estate's own.",
    "pinyin": "It sounds like a listed word. If it is none, wait: a second person reads it.",
    "shape": "It looks like a listed word. If it is none, wait: a second person reads it.",
}


def advice(action: str, rule: str) -> str:
    """A sentence for the sender; ``rule`` is a detector's or a view's name."""
    return _BY_RULE.get(rule) or _BY_ACTION[action]
