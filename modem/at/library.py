"""The one place that imports the driver library ``gsmmodem``.

Its sources hold invalid escapes and ``is`` with literals; compiled under warnings-as-errors they
would not import, so the warnings of this one import are silenced.
"""

from __future__ import annotations

import logging
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from gsmmodem.exceptions import CmeError, CmsError, CommandError, TimeoutException
    from gsmmodem.modem import GsmModem
    from gsmmodem.serial_comms import SerialComms

# Its debug lines quote what the modem says: numbers of callers, USSD texts.
logging.getLogger("gsmmodem").setLevel(logging.CRITICAL)

__all__ = ["CmeError", "CmsError", "CommandError", "GsmModem", "SerialComms", "TimeoutException"]
