"""Every refusal of the desk: its code, its status, and its words in English and Chinese.

The codes are a door other programs rely on: add, never rename.
"""

from __future__ import annotations

from types import MappingProxyType

from .calls import CALLS, CallCode
from .deadlines import DEADLINES, DeadlineCode
from .leave import LEAVE, LeaveCode
from .problem import Problem
from .sends import SENDS, SendCode

__all__ = ["PROBLEMS", "Code", "Problem"]

Code = SendCode | DeadlineCode | LeaveCode | CallCode
_ALL: dict[Code, Problem] = dict(
    [*SENDS.items(), *DEADLINES.items(), *LEAVE.items(), *CALLS.items()]
)
PROBLEMS: MappingProxyType[Code, Problem] = MappingProxyType(_ALL)
"""The table; a test holds it complete."""
