"""The send policy as data: one readable file says who may send what, to how many, when, and with
whose leave. Pure: reading, judging, explaining and comparing touch neither store nor clock."""

from .builtin import InForce, builtin, in_force
from .diff import differences
from .explain import Explanation, Line, explain
from .judge import Case, Judgement, Need, Numbers, ResidentCap, Stop, Usage, judge, spared
from .model import Policy, Rule, Template
from .parse import MAX_BYTES, parse

__all__ = [
    "MAX_BYTES",
    "Case",
    "Explanation",
    "InForce",
    "Judgement",
    "Line",
    "Need",
    "Numbers",
    "Policy",
    "ResidentCap",
    "Rule",
    "Stop",
    "Template",
    "Usage",
    "builtin",
    "differences",
    "explain",
    "in_force",
    "judge",
    "parse",
    "spared",
]
