"""TP-DCS, the data coding scheme (3GPP TS 23.038 §4)."""

from __future__ import annotations

from typing import Literal

Coding = Literal["gsm7", "8bit", "ucs2"]
"""How user data is coded."""
