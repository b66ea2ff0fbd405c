"""The sections of the configuration file: their keys and defaults."""

from __future__ import annotations

from typing import Literal

import msgspec


class HttpConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[http]``: where the REST API listens."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls_cert: str = ""
    tls_key: str = ""
    insecure_lan: bool = False
    open_probes: bool = False
    """Answer /livez, /readyz, /metrics and /openapi.json without a token beyond loopback too."""


class SmsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[sms]``: numbers and texts."""

    region: str = "CN"
    signature: str = ""
    own_numbers: tuple[str, ...] = ()
    """Mobile numbers of the estate, which its texts may name without being remarked."""


class PolicyConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[policy]``: approval, hours, words, and the file that asks for more."""

    approval_above: int = 20
    max_queued: int = 200_000
    quiet_hours: str = "21:00-08:00"
    word_lists: tuple[str, ...] = ()
    send_policy: str = ""


class AuditConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[audit]``: where the keys are, and who outside holds the log's tree heads."""

    kek_file: str = ""
    auditor_public_key: str = ""
    anchor_phones: tuple[str, ...] = ()
    witness_url: str = ""
    witness_key: str = ""
    rotate_days: int = 31
    """Days within which an erasure reaches old copies by a new key-encryption key; 0: by hand."""


class RetentionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[retention]``: days each class is kept; the law's floors cannot be lowered."""

    message_days: int = 183
    inbox_days: int = 183
    text_days: int = 1095
    opt_out_days: int = 1095
    audit_days: int = 1095
    security_days: int = 183
    purge_at: str = "03:30"
    """Local time of the nightly purge."""


class AlarmsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[alarms]``: who is told by SMS when something is wrong."""

    duty_phones: tuple[str, ...] = ()
    language: Literal["zh", "en"] = "zh"
    per_hour: int = 6


class SimsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[sims]``: whether only SIMs of the register may send."""

    registered_only: bool = False


class ModemEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[modem]]``: one port. Quotas: ``None`` = the default of its kind, 0 = no limit."""

    port: str
    label: str = ""
    baudrate: int = 115_200
    pin: str = ""
    imei: str = ""
    profile: str = "auto"
    smsc: str = ""
    switches: tuple[str, ...] = ()
    submit_timeout: float | None = None
    reject_calls: bool = True
    power_command: str = ""
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    per_month: int | None = None
    distinct_per_day: int | None = None
    distinct_per_month: int | None = None


class RouteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[[route]]``: numbers that should go by SIMs of certain operators."""

    prefixes: tuple[str, ...]
    operators: tuple[str, ...]
