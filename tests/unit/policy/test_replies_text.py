from __future__ import annotations

import pytest

from estate_sms.policy.replies import is_opt_out


@pytest.mark.parametrize(
    "text", ["退订", "退訂。", " T ", "ＴＤ", "td!", "Stop", "取消订阅", "退 订", "UNSUBSCRIBE"]
)
def test_wishes(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我想退订吗？不想",
        "收到",
        "好的，退订单已收",
        "T恤",
        "stop the noise",
        "退订" * 30,
        "\x00",
    ],
)
def test_no_wishes(text: str) -> None:
    assert not is_opt_out(text)
