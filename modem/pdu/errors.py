"""The codec's one error."""

from __future__ import annotations

from ..errors import ModemError


class PduError(ModemError):
    """A value that cannot be encoded, or octets that are no such TPDU.

    Its text names the field and the rule, never a phone number or message text.
    """
