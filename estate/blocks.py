"""Texts that the word filter stopped: the register, and the form of a report to the authority (row R24).

A stopped text is stored nowhere, so the form leaves room for it; whoever submitted it still has it.
"""

from __future__ import annotations

from dataclasses import dataclass

BLOCKED = "filter.block"
"""The action of its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One stopped text, as its record in the sealed log says."""

    sequence: int
    at: str
    """RFC 3339."""
    actor: str
    hits: int
    categories: str
    ruleset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Where the log vouches for a record."""

    leaf: str
    """Hexadecimal."""
    checkpoint: str
    """The signed note over it; empty while there is none."""


def form(block: Block, sealed: Sealed, sender: str) -> str:
    """The report as text, to be completed and signed by hand; ``sender``: the estate's signature."""
    lines = [
        "# 违法违规信息处置报告",
        "",
        f"报告单位：{sender or '____________'}",
        f"发现时间：{block.at}（UTC）",
        f"提交者：{block.actor}    姓名：____________",
        f"命中类别：{block.categories}；命中 {block.hits} 处",
        f"词库版本（SHA-256）：{block.ruleset}",
        "处置：提交时即被拦截，没有进入发送队列，没有向任何号码发出；系统不保存被拦截的原文。",
        "原文（由提交者提供）：",
        "",
        "____________________________________________________________",
        "",
        "依据：《网络安全法》关于发现违法信息应当停止传输、防止扩散、保存记录并报告的规定；《电信条例》第五十六条。",
        f"记录：审计日志第 {block.sequence} 条，叶值 {sealed.leaf}，已由以下签名的树头覆盖：",
        "",
        *(f"    {line}" for line in sealed.checkpoint.splitlines()),
        "",
        "报告机关：____________    报告人：____________    日期：____________",
    ]
    return "\n".join(lines) + "\n"
