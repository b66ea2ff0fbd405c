"""Orders to PDUs, before a modem is taken."""

from __future__ import annotations

from functools import lru_cache

from .at.answers import Part
from .pdu import (
    Command,
    Concat,
    PduError,
    Segmentation,
    Submit,
    encode_command,
    encode_submit,
    segment,
    within,
)
from .transmission import Deletion, Outgoing

_MINUTE = 60_000_000


@lru_cache(maxsize=64)
def segmented(text: str) -> Segmentation:
    """The segments of ``text``; remembered, for a notice goes to many. Raises PduError."""
    return segment(text)


def parts_of(outgoing: Outgoing, now: int) -> list[Part]:
    """The PDUs to send. ``now``: microseconds since 1970 UTC. Raises PduError."""
    segmentation = segmented(outgoing.text)
    if len(segmentation.segments) != outgoing.total:
        raise PduError("total: not the number of segments of the text")
    validity = None
    if outgoing.valid_until is not None:
        # Rather over a little early, which is reported, than delivered after its time.
        validity = within((outgoing.valid_until - now) // _MINUTE)
    parts: list[Part] = []
    for seq, attempt in zip(outgoing.seqs, outgoing.attempts, strict=True):
        if not 1 <= seq <= outgoing.total:
            raise PduError("seq: no such segment")
        concat = None
        if outgoing.total > 1:
            concat = Concat(reference=outgoing.concat_ref, total=outgoing.total, seq=seq)
        tpdu = encode_submit(
            Submit(
                destination=outgoing.number,
                text=segmentation.segments[seq - 1],
                alphabet=segmentation.alphabet,
                concat=concat,
                pid=outgoing.pid,
                message_class=0 if outgoing.flash else None,
                validity=validity,
                status_report=outgoing.report,
            )
        )
        parts.append(Part(attempt, tpdu.hex, tpdu.length))
    return parts


def command_part(deletion: Deletion) -> Part:
    """The SMS-COMMAND. Raises PduError."""
    tpdu = encode_command(
        Command(kind="delete", target_mr=deletion.target_mr, destination=deletion.number)
    )
    return Part(deletion.attempt, tpdu.hex, tpdu.length)
