"""The network outlives its modems: what was in its hands when a bank died goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..pdu.errors import PduError
from ..pdu.submit import decode_submit
from .airlog import Aired
from .outcomes import CONGESTION
from .smsc import Smsc
from .traced import ZONE, Held, Traced

_GAVE_UP = 0x40
_ENDINGS = ("delivered", "deleted", "replaced")


def resume(smsc: Smsc, aired: Iterable[Aired], imsis: frozenset[str]) -> None:
    """Take up every accepted message whose fate, or whose report, is still open in the air log.

    Only for the SIMs in ``imsis``. A PDU without any outcome never arrived: its modem died with it.
    """
    for entry in aired:
        if entry.kind == "submit" and entry.imsi in imsis:
            _resume_one(smsc, entry)


def _resume_one(smsc: Smsc, entry: Aired) -> None:
    accepted = next((o for o in entry.outcomes if o.result == "accepted"), None)
    if accepted is None:
        return
    try:
        submit = decode_submit(entry.pdu)
    except PduError:
        return  # a log somebody wrote by hand
    at = datetime.fromtimestamp(accepted.at / 1e6, ZONE)
    about = Traced(entry.seq, entry.imsi, entry.mr, submit.destination, at)
    reported = [o.status for o in entry.outcomes if o.result == "report" and o.status is not None]
    ending = next((o.status for o in entry.outcomes if o.result in _ENDINGS), None)
    if ending is not None:
        if submit.status_report and ending not in reported:
            smsc.report_later(about, ending)
        return
    if any(status >= _GAVE_UP or status < CONGESTION for status in reported):
        return
    left = list(smsc.fate(submit.destination))[len(reported) :]
    smsc.hold(Held(about, submit, left, submit.status_report))
