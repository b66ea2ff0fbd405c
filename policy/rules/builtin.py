"""A policy ready for use: with what the configuration asks as a floor under it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ...queue.priorities import Purpose
from ..errors import PolicyError
from ..hours import quiet_span
from .calendar_hours import CalendarHours, zone_of
from .dates import days
from .model import Approval, Emergency, Policy, Rule, Template
from .parse import parse
from .templates import Form, form

FLOOR = "approval_above"
_BUILT_IN = """\
# No send policy is configured: these are the rules of the configuration alone.
# approval_above = {above}, quiet_hours = "{quiet}"
version = "built-in"
"""


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy as the desk asks it."""

    policy: Policy
    text: str = field(repr=False)
    hash: str
    """SHA-256 of :attr:`text`, 64 hex digits: what ``sha256sum FILE`` prints."""
    rules: tuple[Rule, ...]
    """The file's, and the floor."""
    hours: CalendarHours
    forms: tuple[Form, ...] = field(repr=False)
    """Templates that count; none before two persons let the policy pass."""

    @property
    def approval(self) -> Approval:
        """``[approval]``."""
        return self.policy.approval

    def forms_of(self, text: str, purpose: Purpose) -> list[Template]:
        """Templates that ``text`` (without the signature) is, in the order of their names."""
        found = (
            f.template for f in self.forms if purpose in f.template.purposes and f.matches(text)
        )
        return sorted(found, key=lambda template: template.name)

    @property
    def emergency(self) -> Emergency:
        """``[emergency]``."""
        return self.policy.emergency


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What the configuration asks; a file can only ask for more."""

    approval_above: int = 20
    quiet_hours: str = "21:00-08:00"
    timezone: str = "Asia/Shanghai"


def in_force(
    text: str, floor: Floor, file: str = "send policy", *, granted: bool = False
) -> InForce:
    """The policy of ``text`` on ``floor``. ``granted``: two persons let it pass, so that its
    templates count. Raises ``policy_invalid`` or ``setting_invalid``."""
    policy = parse(text, file)
    try:
        zone = zone_of(floor.timezone)
    except (KeyError, ValueError, OSError):
        what = "unknown; write an IANA name such as Asia/Shanghai"
        raise PolicyError("setting_invalid", setting="timezone", what=what) from None
    quiet = quiet_span(floor.quiet_hours)
    hours = CalendarHours(policy.hours, days(policy.calendar), quiet, zone)
    never = hours.never_open()
    if never:
        raise PolicyError("policy_invalid", file=file, what="; ".join(never))
    forms = tuple(map(form, policy.template)) if granted else ()
    own = Rule(
        name=FLOOR,
        approvals=1,
        above=floor.approval_above,
        except_templates=tuple(f.template.name for f in forms),
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return InForce(policy, text, digest, (*policy.rule, own), hours, forms)


def builtin(floor: Floor) -> InForce:
    """The policy when no file is configured. Raises ``setting_invalid``."""
    above, quiet = floor.approval_above, floor.quiet_hours.replace('"', "").replace("\n", " ")
    return in_force(_BUILT_IN.format(above=above, quiet=quiet), floor)
