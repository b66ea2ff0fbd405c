"""What can go wrong with the sealed log and its keys. Imports nothing: the verifier uses it too."""

from __future__ import annotations


class AuditError(Exception):
    """Root of every error this room raises of its own."""


class KeysError(AuditError):
    """A key file is missing, unreadable, malformed, or does not fit this database."""


class FormatError(AuditError):
    """Bytes that should be a record, a note or an export are not; says which rule they break."""


class AuditDamagedError(AuditError):
    """The log on disk is not what was sealed. Nothing was repaired.

    ``sequence`` is the first record that is wrong or missing.
    """

    def __init__(self, sequence: int, reason: str) -> None:
        super().__init__(f"the audit log is damaged at record {sequence}: {reason}")
        self.sequence = sequence
        self.reason = reason
