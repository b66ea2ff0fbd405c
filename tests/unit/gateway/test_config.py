"""The configuration: strict, and helpful about it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from estate_sms.gateway.bank import REAL_QUOTA, ports, quota_of
from estate_sms.gateway.config import Config, load
from estate_sms.gateway.errors import ConfigError
from estate_sms.gateway.sections import ModemEntry
from estate_sms.queue.ledger import Quota

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "configuration.md"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('data_dri = "x"', "unknown key 'data_dri'; did you mean data_dir?"),
        ("[http]\nprot = 1", "[http]: unknown key 'prot'; did you mean port?"),
        ('[[modem]]\nport = "a"\nlabl = "x"', "[modem]: unknown key 'labl'; did you mean label?"),
        ("zzz = 1", "unknown key 'zzz'; known: data_dir"),
        ("[http]\nport = 99999", "http.port is 0 to 65535"),
        ('[http]\nport = "x"', "http.port"),
        ('timezone = "Mars/Base"', "IANA"),
        ('[sms]\nregion = "China"', "sms.region"),
        ('[policy]\nquiet_hours = "9pm"', "21:00-08:00"),
        ("[policy]\napproval_above = -1", "approval_above"),
        ('[http]\ntls_cert = "a.pem"', "go together"),
        ('[[modem]]\nlabel = "A1"', "port"),
        ('[[modem]]\nport = "/a"\n[[modem]]\nport = "/a"\nlabel = "b"', "two modems use '/a'"),
        ('[[modem]]\nport = "/a"\nlabel = "x"\n[[modem]]\nport = "/b"\nlabel = "x"', "called 'x'"),
        ('[[route]]\nprefixes = ["13x"]\noperators = ["46000"]', "route.prefixes are digits"),
        ('[[route]]\nprefixes = ["134"]\noperators = ["CMCC"]', "route.operators are five"),
        ('[[route]]\nprefixes = ["134"]\noperators = []', "needs prefixes and operators"),
        (
            '[[route]]\nprefixes = ["134", "+86134"]\noperators = ["46000"]',
            "two routes for '+86134'",
        ),
        ("http = 3", "http"),
        ("\x00", "not TOML"),
    ],
)
def test_what_cannot_work_is_said_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)) as caught:
        load(write(tmp_path, text), {})
    assert "config.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('data_dri = "x"', "config.toml：未知的配置项 'data_dri'；是否想用 data_dir？"),
        ('[http]\nport = "x"', "config.toml：http.port 应为 int，而不是 str"),
        ("a = = 1", "config.toml：第 1 行第 5 列不是 TOML"),
        (
            "[retention]\nmessage_days = 1\ninbox_days = 2",
            "retention.message_days 为 1，不得少于 183 天；retention.inbox_days 为 2",
        ),
        ("[policy]\napproval_above = -1", "policy.approval_above 不得小于 0"),
    ],
)
def test_it_is_said_in_chinese(
    tmp_path: Path, text: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    with pytest.raises(ConfigError, match=re.escape(says)):
        load(write(tmp_path, text), {})


def test_a_typo_in_the_environment_s_section_is_said_in_chinese(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ESTATE_SMS_LANGUAGE", "zh")
    with pytest.raises(ConfigError, match="环境变量 ESTATE_SMS_DATADIR 不对应任何配置项"):
        load(None, {"ESTATE_SMS_DATADIR": "/x"})


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(path, {})


def test_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), {}) == Config()
    config = Config()
    assert (config.policy.approval_above, config.policy.quiet_hours) == (20, "21:00-08:00")
    assert (config.http.host, config.http.port) == ("127.0.0.1", 8080)


def test_the_environment_overrides_every_kind_of_key(tmp_path: Path) -> None:
    path = write(tmp_path, "[http]\nport = 1\n")
    config = load(
        path,
        {
            "ESTATE_SMS_HTTP__PORT": "9",
            "ESTATE_SMS_HTTP__INSECURE_LAN": "true",
            "ESTATE_SMS_POLICY__WORD_LISTS": "a.csv,b.csv",
            "ESTATE_SMS_DATA_DIR": "/elsewhere",
            "ESTATE_SMS_SMS__SIGNATURE": "【翠湖物业】",
            "UNRELATED": "x",
        },
    )
    assert config.http.port == 9
    assert config.http.insecure_lan is True
    assert config.policy.word_lists == ("a.csv", "b.csv")
    assert config.data_dir == "/elsewhere"
    assert config.sms.signature == "【翠湖物业】"


def test_a_typo_in_the_environment_is_an_error() -> None:
    with pytest.raises(ConfigError, match="did you mean port"):
        load(None, {"ESTATE_SMS_HTTP__PROT": "9"})


def test_every_key_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    keys = [f.name for f in msgspec.structs.fields(Config) if f.name in {"data_dir", "timezone"}]
    for struct in (Config().http, Config().sms, Config().policy, Config().audit):
        keys += [f.name for f in msgspec.structs.fields(struct)]
    keys += [f.name for f in msgspec.structs.fields(ModemEntry)]
    assert [key for key in keys if f"`{key}`" not in text] == []


def test_routes_are_of_the_estates_numbering_plan(tmp_path: Path) -> None:
    text = '[[route]]\nprefixes = ["134", "+852"]\noperators = ["46000", "46002"]'
    routes = load(write(tmp_path, text), {}).routes
    assert routes.of("+8613400138000") == routes.of("+85261234567") == "46000,46002"
    assert routes.of("+8613000138000") is None


def test_a_modems_quotas_are_its_own_where_they_are_set() -> None:
    entry = ModemEntry(port="/a", per_minute=0, distinct_per_month=250)
    assert quota_of(entry, REAL_QUOTA) == Quota(0, 150, 800, 0, 0, 250)


async def test_the_service_centre_of_an_entry_reaches_its_modem() -> None:
    entry = ModemEntry(port="/dev/ttyUSB2", label="A1", smsc="+8613800100500")
    async with ports(Config(modem=(entry,))) as found:
        assert found.modems[0].smsc == "+8613800100500"
    with pytest.raises(ConfigError, match="A1: smsc"):
        async with ports(Config(modem=(msgspec.structs.replace(entry, smsc="13800100500"),))):
            pass
