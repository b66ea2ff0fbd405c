"""Names with rooms and debts, and the signatures of others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OWES = re.compile(r"欠费|欠缴|拖欠|欠款|未缴|未交|逾期|滞纳|催缴|\bowes?\b|overdue|arrears|unpaid")
_HINT = re.compile("[欠逾滞催]|未[缴交]|ow|overdue|arrears|unpaid")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PERSON = re.compile(
    rf"(?:业主|住户|户主)?(?:欧阳|上官|司马|诸葛|[{_SURNAMES}])(?:[\u4e00-\u9fff]{{1,2}}|[*x某]{{1,2}})?"
    r"(?:先生|女士|小姐|老师|某某?)|(?:业主|住户|户主|户名|姓名)[:：]?\s?"
    rf"[{_SURNAMES}][\u4e00-\u9fff*]{{1,2}}|\b(?:mr|mrs|ms|miss)\.? [a-z]{{2,20}}"
)
_NAMED = re.compile(rf"(?<![\u4e00-\u9fff])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])")
_ROOM = re.compile(
    r"[0-9]{1,3}\s?(?:栋|幢|号楼|座|#)\s?(?:[0-9]{1,2}\s?单元)?\s?[0-9]{3,4}\s?(?:室|号|房|户)?"
    r"|(?<![0-9])[0-9]{1,3}-(?:[0-9]{1,2}-)?[0-9]{3,4}(?![0-9:年月日])|[0-9]{3,4}(?:室|房)|\b(?:room|flat|unit|apt) ?[0-9]{2,4}"
)
_NEAR = 40
"""Characters within which a name, a room and a debt belong together."""

_BRACKETS = re.compile(r"【([^【】\n]{1,24})】|\[([^\[\]\n]{2,24})\]")
_ABROAD = re.compile(
    r"银行|信用|金融|贷|商城|平台|官方|集团|科技|公司|客服|快递|速运|物流|保险|证券|理财|支付|钱包|淘宝|京东|拼多多"
    r"|美团|抖音|微信|法院|公安|税务|社保|医保|教育|培训|俱乐部|旗舰店|超市|影院|健身|地产|置业|移动|联通|电信|铁塔"
)
_OURS = re.compile(r"物业|小区|花园|社区|业委会|居委会|家园|管理处|服务中心|苑$")
_HEADING = re.compile(
    r"通知|公告|提示|提醒|温馨|注意|紧急|重要|通报|须知|告知|活动|公示|预警|倡议|说明|安排|邀请|招募|失物|更正|回执|问卷|时间|地点"
)


def arrears(text: str) -> Iterator[tuple[int, int]]:
    """Spans in which a person's name, a room and a debt stand together."""
    if _HINT.search(text) is None:
        return
    end = 0
    for match in _OWES.finditer(text):
        low, high = max(0, match.start() - _NEAR), min(len(text), match.end() + _NEAR)
        near = text[low:high]
        room = _ROOM.search(near)
        name = _PERSON.search(near) or (_NAMED.search(near) if room else None)
        if room and name and low >= end:
            spans = (room.span(), name.span(), (match.start() - low, match.end() - low))
            end = low + max(stop for _, stop in spans)
            yield low + min(start for start, _ in spans), end


def foreign_signatures(text: str, own: str) -> Iterator[tuple[int, int]]:
    """Bracketed names of senders at either end of the text that are not ``own`` (folded)."""
    name = own.strip("【】[]")
    for match in _BRACKETS.finditer(text):
        inner = (match[1] or match[2] or "").strip()
        at_end = match.start() <= 1 or match.end() >= len(text.rstrip()) - 1
        if not at_end or (name and inner == name) or _HEADING.search(inner):
            continue
        if _ABROAD.search(inner) or (name and match[1] and _OURS.search(inner)):
            yield match.span()
