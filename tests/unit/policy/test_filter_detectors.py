"""What no list can hold: found where it is, and not in ordinary notices."""

from __future__ import annotations

import pytest

from estate_sms.policy.filter import Own, WordFilter
from estate_sms.policy.filter.checksums import is_bank_card, is_id_card, luhn
from estate_sms.policy.filter.entries import Entry
from estate_sms.policy.filter.rules import Rules

CHECKED = WordFilter(Rules([]), own=Own.of("【翠湖物业】", ["+86 138-0013-8009"]))


@pytest.mark.parametrize(
    ("text", "rule", "action"),
    [
        ("详见 https://example.com/a?b=1。", "link", "review"),
        ("详见example.com领取", "link", "review"),
        ("详见 baidu点com", "link", "review"),
        ("详见 baidu。com", "link", "review"),
        ("详见 ｅｘａｍｐｌｅ．ｃｏｍ", "link", "review"),
        ("点 t.cn/A6abc 领取", "short link", "review"),
        ("见 http://bit.ly/3xYz", "short link", "review"),
        ("见 https://www.shanghai.gov.cn/x", "public link", "alert"),
        ("写信到 a.b@example.com", "e-mail", "review"),
        ("联系13800138000", "phone", "alert"),
        ("联系 138 0013 8000", "phone", "alert"),
        ("加我一三八零零一三八零零零", "disguised phone", "review"),
        ("加我①③⑧0013.8000", "disguised phone", "review"),
        ("身份证11010519491231002X", "id card", "review"),
        ("卡号6222 0212 3456 7890 128", "bank card", "review"),
        ("3栋502张三先生欠费1200元，请尽快缴清", "arrears", "review"),
        ("【工商银行】您的账户异常", "signature", "review"),
        ("停水通知【阳光物业】", "signature", "review"),
    ],
)
def test_found(text: str, rule: str, action: str) -> None:
    answer = CHECKED.check(text, "service")
    assert answer.action == action, answer
    (hit,) = [hit for hit in answer.hits if hit.category == rule]
    assert hit.advice
    assert hit.advice_zh > "\u4e00"
    assert hit.word == "", "never the number itself"
    assert text[hit.start : hit.end]


@pytest.mark.parametrize(
    "text",
    [
        "6月4日8:00-18:00停水，3.5小时后恢复，单价3.45元/吨，合计1,680.00元。",
        "电表读数00389.6，收据号20260604001，编号6225880212345678。",
        "房管员手机13800138009，微信同号；夜间请拨+86 138 0013 8009。",
        "客服400-800-1234，座机021-65438899，火警119，物业8888 6666，热线12345。",
        "3栋502室、2-1-802、A座1203房请留人；张先生请到前台取快递。",
        "【翠湖物业】物业费欠费住户请到服务中心办理，12号楼电梯停运。",
        "【停水通知】明天停水。【温馨提示】关好门窗。",
        "See you at 9.30, No.5 Block B. Thank you.Please wait.",
        "下午3点comfort活动室，下载App，5G和Wi-Fi中断，PM2.5良。",
        "第1.2.3条，比例1:2，2026.06.04，v2.0版本，1/2单元。",
        "业主大会投票131号楼、1380户、面积138.00平方米。",
    ],
)
def test_ordinary_notices(text: str) -> None:
    assert CHECKED.check(text, "service").hits == []


def test_allowed_words_cover_addresses() -> None:
    checked = WordFilter(Rules([Entry("cuihu.example.com", "ours", "allow")]))
    assert checked.check("详见 https://cuihu.example.com", "service").action == "review"
    assert checked.check("详见 cuihu.example.com", "service").action == "allow"


def test_debts_only_concern_texts_for_many() -> None:
    text = "3栋502张三先生欠费1200元"
    assert CHECKED.check(text, "service", bulk=False).action == "allow"


def test_emergencies_are_only_alerted() -> None:
    assert CHECKED.check("http://example.com", "emergency").action == "alert"


@pytest.mark.parametrize("digit", "0123456789")
def test_checksums_tell_one_wrong_digit(digit: str) -> None:
    assert is_id_card("11010519491231002x")
    assert is_bank_card("6222021234567890128")
    for place in range(17):
        wrong = "11010519491231002x"[:place] + digit + "11010519491231002x"[place + 1 :]
        assert is_id_card(wrong) == (wrong == "11010519491231002x")
    for place in range(19):
        wrong = "6222021234567890128"[:place] + digit + "6222021234567890128"[place + 1 :]
        assert luhn(wrong) == (wrong == "6222021234567890128")
