"""Rights without a running service: a desk of its own on the open house, and no modems."""

from __future__ import annotations

from ..modem.pdu import segment_count
from ..policy.desk import Desk
from ..policy.policies import SendPolicies
from ..policy.settings import Settings
from ..queue.recall import Ladder
from .config import Config
from .house import House
from .privacy import Privacy
from .rules import floor, word_filter


def local_privacy(config: Config, house: House) -> Privacy:
    """For one verb of the command line."""
    hours = SendPolicies(house.store, floor(config))
    settings = Settings(
        region=config.sms.region,
        signature=config.sms.signature,
        approval_above=config.policy.approval_above,
    )
    ladder = Ladder(house.vault, lambda _: False, segment_count)
    words = word_filter(config)
    desk = Desk(
        house.store, house.vault, segment_count, words, hours, settings, ladder, policies=hours
    )
    return Privacy(config, house, desk)
