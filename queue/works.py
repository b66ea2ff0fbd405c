"""What all lanes share."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.store import Store
from .gate import Gate
from .observer import Observer
from .ring import Ring
from .settler import Settler
from .stopped import StoppedBatches
from .transmitter import Transmitter
from .units import Units


@dataclass(frozen=True, slots=True)
class Works:
    """Made once by the dispatcher."""

    store: Store
    units: Units
    ring: Ring
    gate: Gate
    transmitter: Transmitter
    observer: Observer
    settler: Settler
    stopped: StoppedBatches
