"""What the estate set for the desk; ``gateway`` fills it from the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from ..queue.routes import NO_ROUTES, Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Values of ``[sms]`` and ``[policy]``, and the desk's bounds."""

    region: str = "CN"
    """Numbering plan of numbers without a plus sign (ISO 3166 code)."""
    signature: str = ""
    """Put in front of every text when set, e.g. ``【翠湖物业】``."""
    approval_above: int = 20
    """Unapproved distinct recipients per submitter and 24 hours above which a second person is
    needed; 0: for every send."""
    routes: Routes = NO_ROUTES
    """Which operators numbers should go by."""
    max_recipients: int = 10_000
    max_segments: int = 10
    max_text: int = 1_530
    """Characters: ten segments of GSM-7."""
    max_days_ahead: int = 366
    idempotency_hours: int = 24
