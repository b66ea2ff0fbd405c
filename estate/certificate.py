"""The certificate of an erasure: JSON for programs, and words for the person and the auditor.

It names nobody: the subject's name in the sealed log is random, and its key is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec

from ..store.clock import rfc3339


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the log says that the key was destroyed."""

    sequence: int
    leaf: str
    """Merkle leaf of the record, hexadecimal (RFC 9162)."""
    checkpoint: str
    """A C2SP signed note over a tree that holds the record."""


class Done(Protocol):
    """What of an erasure a certificate says."""

    @property
    def id(self) -> str:
        """Public id."""
        ...

    @property
    def ref(self) -> str:
        """The subject's name in the log, hexadecimal."""
        ...

    @property
    def actor(self) -> str:
        """Who took the request."""
        ...

    @property
    def requested_at(self) -> int:
        """Microseconds since 1970 UTC."""
        ...

    @property
    def shredded_at(self) -> int | None:
        """Microseconds since 1970 UTC."""
        ...


def certificate(done: Done, proof: Proof | None) -> str:
    """The certificate as JSON. Without ``proof`` the log's record was out of this box's reach."""
    assert done.shredded_at is not None
    body = {
        "certificate": "estate-sms erasure 1",
        "erasure": done.id,
        "subject": done.ref,
        "requested_at": rfc3339(done.requested_at),
        "requested_by": done.actor,
        "destroyed_at": rfc3339(done.shredded_at),
        "destroyed": "the person's key, and with it the number, personal texts, received texts and "
        "the personal fields of the audit log",
        "copies": "wrapped copies of the key in backups and spare blocks stay closed once the "
        "key-encryption key was rotated: estate-sms privacy rotate-key",
        "log": None
        if proof is None
        else {
            "action": "key.shred",
            "sequence": proof.sequence,
            "leaf": proof.leaf,
            "checkpoint": proof.checkpoint,
        },
    }
    return msgspec.json.encode(body).decode()


def in_words(text: str) -> str:
    """A certificate's JSON as a page to print, in Chinese and English."""
    body = msgspec.json.decode(text)
    log = body["log"]
    lines = [
        "个人信息删除证明 / Certificate of erasure",
        "",
        f"编号 / No.: {body['erasure']}",
        f"申请时间 / requested: {body['requested_at']} ({body['requested_by']})",
        f"销毁时间 / destroyed: {body['destroyed_at']}",
        f"匿名编号 / subject: {body['subject']}",
        "",
        "该人员的专属密钥已销毁：其号码、个人短信内容、来信内容以及审计日志中的个人字段从此无法解密。",
        "The person's own key was destroyed: the number, personal texts, received texts and the",
        "personal fields of the audit log can no longer be read by anyone.",
        "",
        "备份与存储介质残留中的密钥副本，在下一次主密钥轮换（至迟 31 天）后同样失效。",
        "Copies of that key in backups and spare blocks die with the next rotation of the",
        "key-encryption key (within 31 days: estate-sms privacy rotate-key).",
        "",
    ]
    if log is None:
        lines.append("The record of it is in the audit log, beyond what this box can still read.")
    else:
        lines += [
            f"审计日志 / audit log: key.shred, record {log['sequence']}, leaf {log['leaf']}",
            "",
            log["checkpoint"].strip(),
        ]
    return "\n".join(lines) + "\n"
