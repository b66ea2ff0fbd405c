"""The SMS transfer-layer codec: pure functions between Python values and TPDUs."""

from .command import Command, CommandKind, decode_command, encode_command
from .dcs import Coding
from .deliver import Deliver, decode_deliver, encode_deliver
from .direction import decode_inbound, decode_outbound
from .errors import PduError
from .segment import Alphabet, Segmentation, segment, segment_count
from .status_report import StatusReport, decode_status_report, encode_status_report
from .submit import Submit, decode_submit, encode_submit
from .tp_status import StatusKind, TpStatus, tp_status
from .tpdu import Tpdu
from .udh import Concat
from .validity import Absolute, Relative, Validity, within

__all__ = [
    "Absolute",
    "Alphabet",
    "Coding",
    "Command",
    "CommandKind",
    "Concat",
    "Deliver",
    "PduError",
    "Relative",
    "Segmentation",
    "StatusKind",
    "StatusReport",
    "Submit",
    "TpStatus",
    "Tpdu",
    "Validity",
    "decode_command",
    "decode_deliver",
    "decode_inbound",
    "decode_outbound",
    "decode_status_report",
    "decode_submit",
    "encode_command",
    "encode_deliver",
    "encode_status_report",
    "encode_submit",
    "segment",
    "segment_count",
    "tp_status",
    "within",
]
