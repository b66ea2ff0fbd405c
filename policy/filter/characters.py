"""What a character sounds like, is made of and looks like: the tables behind three views. Pure.

The table is general: it covers the characters of GB 2312, not the words of a list.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from .. import words

RADICALS = frozenset(
    "氵亻讠忄扌钅饣犭纟衤礻辶阝刂艹宀疒灬冫彳廴囗口日月木火土女子王玉石目田禾米虫贝足⻊身车"
    "马鸟鱼页力又攵欠殳戈斤十人心手水金言食犬衣示竹⺮雨穴山巾弓歹牛牜羊⺶舟耳角酉门广厂户尸覀皿"
    "罒大小寸匚冂勹⺈丷彡走皮立舌革隹糸骨鬼"
)
"""Parts that tell characters apart less than what stands beside them."""

SPELLED_OUT = dict(
    zip(
        "氵亻讠忄扌钅饣犭纟衤礻刂艹灬冫攵⺮⻊辶阝牜疒覀",
        "水人言心手金食犬丝衣示刀草火水文竹足走耳牛病西",
        strict=True,
    )
)
"""How a part is written when it is typed as a character of its own."""

_LOOK_ALIKES = (
    "己已巳 未末 土士 日曰 人入八 大太犬 天夭无 干千于 王玉主 田由甲申 午牛 刀力刁 几凡儿九 问间闻"
    " 戊戌戍 毛手 贝见 办为 小少 今令 免兔 乌鸟 折拆 治冶 准淮 候侯 享亨 卖买实 代伐 侍待 场扬汤杨肠"
    " 枪抢苍仓 枝技支 旅族 陪赔 洗冼先 拔拨 辩辨辫 徒徙 部陪 爪瓜 幻幼 晴睛 密蜜 既即 历厉 暴爆 票漂飘"
    " 脏赃 毒母每 色包邑 赌睹堵 博搏傅 期斯欺 奖桨浆 发友 票栗 售集 官宫 微徽 信言 微薇 刷涮 单早草"
    " 欠久 又叉 丸九 卜下 弋戈 白自百 目且 衣农 失矢 东车 市布 本木 朱末 生主 壬王 厂广 勺匀 止正"
    " 拦栏 材村 材财 科料 析折 弦炫 喝渴 粟栗 崇祟 茶荼 沾沽 券卷 脑恼 诀决快 货贷 证征 偷愉 性姓"
    " 裸课 情清请 杀条 枚杖 弹掸 炸诈 假暇 高亳 利刊 贷货 兑说 换挽 取职 网岡 平乎 台合 真直 美羊"
)

_FAMILY = 3
"""A part that at least so many characters share stands for itself."""

READ_IN_TWO_WAYS = (
    "行 hang,长 zhang,乐 yue,还 huan,都 du,会 kuai,调 diao,传 zhuan,弹 tan,参 shen,藏 zang,车 ju,"
    "单 shan,重 chong,干 gan,和 huo,角 jue,觉 jiao,卡 qia,空 kong,了 liao,率 shuai,没 mo,模 mu,"
    "难 nan,强 jiang,塞 sai,厦 sha,省 xing,盛 cheng,石 dan,似 shi,提 di,系 ji,校 jiao,血 xue,"
    "应 ying,载 zai,曾 zeng,朝 chao,种 zhong,转 zhuan,薄 bao,差 chai,称 chen,大 dai,的 di,度 duo,"
    "恶 wu,号 hao,荷 he,划 hua,奇 ji,降 xiang,结 jie,解 xie,禁 jin,落 luo,绿 lu,露 lou,便 pian,"
    "色 se,得 de,地 di,给 gei,更 geng,好 hao,圈 juan,晒 shai,打 da,术 shu,区 ou,查 cha,万 wan,"
    "折 zhe,粘 zhan,泊 po,量 liang,处 chu,炮 pao,散 san,相 xiang,兴 xing,正 zheng,只 zhi,中 zhong,"
    "作 zuo,少 shao,赌 du,剥 bao,核 he,埋 mai,挑 tiao,尽 jin,服 fu,扒 pa,扎 zha,吓 xia,说 shuo"
)
"""A second reading that words use; rarer ones would only cost memory."""


@dataclass(frozen=True, slots=True)
class Characters:
    """The tables, by character."""

    reading: dict[str, str] = field(repr=False)
    """Pinyin without tone; ü is u."""
    also: dict[str, str] = field(repr=False)
    parts: dict[str, tuple[str, ...]] = field(repr=False)
    """Ways to write a character as two parts or more."""
    shape: dict[str, str] = field(repr=False)
    """The character that stands for all that look like it; absent: nothing does."""


@cache
def characters() -> Characters:
    """The tables, read once."""
    lines = resources.files(words).joinpath("characters.csv").read_text("utf-8").splitlines()
    reading: dict[str, str] = {}
    parts: dict[str, tuple[str, ...]] = {}
    bases: dict[str, str] = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        character, ways = row["character"], row["parts"].split()
        syllables = row["readings"].split()
        if syllables:
            reading[character] = syllables[0]
        if ways:
            parts[character] = _spelled(ways)
            base = _base(ways[0])
            if base:
                bases[character] = base
    also = dict(pair.split() for pair in READ_IN_TWO_WAYS.split(","))
    also = {c: second for c, second in also.items() if reading.get(c) != second}
    return Characters(reading, also, parts, _shapes(bases))


def _spelled(ways: Sequence[str]) -> tuple[str, ...]:
    """``ways``, and each with its radicals written as characters of their own."""
    typed = ("".join(SPELLED_OUT.get(part, part) for part in way) for way in ways)
    return tuple(dict.fromkeys([*ways, *typed]))


def _base(way: str) -> str | None:
    """What is left of two parts without the radical."""
    if len(way) != 2:
        return None
    rest = [part for part in way if part not in RADICALS]
    return rest[0] if len(rest) == 1 else None


def _shapes(bases: dict[str, str]) -> dict[str, str]:
    children = Counter(bases.values())
    roots = {base for base, count in children.items() if count >= _FAMILY}
    shape: dict[str, str] = {}
    for character, base in bases.items():
        while base in bases and base not in roots:
            base = bases[base]
        if character not in roots:
            shape[character] = base
    for group in _LOOK_ALIKES.split():
        shape |= dict.fromkeys(group, shape.get(group[0], group[0]))
    return {c: target for c, target in shape.items() if c != target}
