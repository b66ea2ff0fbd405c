"""What a character sounds like, is made of and looks like: the tables behind three views. Pure.

The table is general: it covers the characters of GB 2312, not the words of a list.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
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
    "己已巳 未末 土士 日曰 人入八 大太犬 天夭无 干千于 王玉主壬 田由甲申电 午牛 刀力刁刃 几凡儿九丸 问间闻 戊戌戍戎"
    " 毛手 贝见 办为 今令 免兔 乌鸟 爪瓜 既即 历厉 厂广 勺匀 止正 平乎 真直 弋戈 又叉 卜下 白自百 目且 衣农"
    " 失矢夫 东车乐 市布币 本木禾术 生主 出凸 文丈 书韦 开井 公分 六大 台合 民氏 上土 卡卞 口囗 用甩 巾中 四西"
    " 云去 名各 金全 内丙 工土 无元 子孑孓 支友发 万方 区凶 司同 军车 会合 长张 户尸 丁了 予矛 兵乒乓 亨享"
    " 兑竞竟 乘乖 侯候 候侯 官宫 官管 家冢 宾实 折拆析 抢枪 祟崇 茶荼 栗粟票 售隻 告吉 舌古 面而 且具 首道 由曲"
    " 冒昌 冈网 凹凸 司可 匕七 卯印 壶壸 奋备 暴瀑 冶治 幻幼 勾匀句 仑仓 处外 头买卖 夕歹 少小 心必 戶户 朱未"
    " 求救 系糸 耳目 臣巨 艮良 虎虑虚 角用 谷合 豕家 走徒 身射 辛幸 酉西 里理 雨两 非韭 革草 高亮 黑墨 看着 盗盔"
    " 兄只 单阜 页贝 母毋毒 父交 凡风 尢龙尤 戸户 巨臣 尺尽 丰丯羊美 业亚 只兄 禺遇 甬角 亦赤 兔免 廷延 弟第 束柬"
    " 折拆 段叚 易昜 侖仑 粟栗 昔惜 音章意 京亨 复夏 贵责 责债 旦且 巴邑色 专传 亥刻 寺侍 兑说 韦伟 肖消"
    " 零0洞 一壹1幺 二贰2两 三叁3 四肆4 五伍5 六陆6 七柒7拐 八捌8 九玖9勾 十拾 百佰 千仟"
    " 兮分 奎套 刹利 昕听 倌信 杯怀 牧收 凉谅 栽裁载 徵微徽 崔催 摩磨魔 慢漫 俊骏 弛驰 沮阻 梢稍 盲肓 帐账 坐座 玫攻 冥宴"
    " 杖仗 诱透 浩造 佳隹住往 晃兆 沈沉 洒酒 枕沈 泊怕 胀账 幣弊币 陡徒 瑞端 遣遗 券拳 躁燥 赢羸 睛晴 锻缎 竣俊 贷赁 拄柱"
    " 亡忘 辰唇 成戍 果课 采彩 采菜 占站 交郊 求球 失秩 夹来 米来 爱受 奂换 曷渴 监蓝览 斤斥 勿匆 气乞 艺芝"
)

_MOST_PARTS = 3
_PRIVATE = 0xE000
_FAMILY = 3
"""A part that at least so many characters share stands for itself."""

_ALSO_PARTS = (
    "器口口犬口口 网冂乂乂 区匚乂 凶乂凵 毒丰母 开一廾 品口口口 黄艹由八 彩爫木彡 骗马户册 赢亡口月贝凡 警敬言 爱爫冖友"
    " 众人人人 森木木木 晶日日日 鑫金金金 淼水水水 从人人 双又又 朋月月 卖十买 买乛头 弊敝廾 舞無舛 器哭口口 臭自犬"
)
"""Ways to take a character apart that the table does not have."""

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
    outline: dict[str, tuple[str, str]] = field(repr=False)
    """The kinds of its strokes in order, and its four-corner code."""


@cache
def characters() -> Characters:
    """The tables, read once."""
    reading: dict[str, str] = {}
    parts: dict[str, tuple[str, ...]] = {}
    bases: dict[str, str] = {}
    for character, readings, kind, row in _table("characters.csv"):
        syllables, ways = readings.split(), row.split()
        if syllables:
            reading[character] = syllables[0]
        if ways:
            parts[character] = _spelled(ways, kind)
            base = _base(ways[0])
            if base:
                bases[character] = base
    outline: dict[str, tuple[str, str]] = {}
    for character, strokes, corners, more in _table("outlines.csv"):
        outline[character] = strokes, corners
        if more:
            parts[character] = tuple(dict.fromkeys((*parts.get(character, ()), *more.split())))
    for pair in _ALSO_PARTS.split():
        parts[pair[0]] = (*parts.get(pair[0], ()), pair[1:])
    pairs = (pair.partition(" ") for pair in READ_IN_TWO_WAYS.split(","))
    also = {character: second for character, _, second in pairs}
    also = {c: second for c, second in also.items() if reading.get(c) != second}
    return Characters(reading, also, parts, _shapes(bases), outline)


def _table(name: str) -> Iterator[list[str]]:
    lines = resources.files(words).joinpath(name).read_text("utf-8").splitlines()
    rows = csv.reader(line for line in lines if not line.startswith("#"))
    next(rows)
    yield from rows


def _spelled(ways: Sequence[str], kind: str) -> tuple[str, ...]:
    """``ways``, and each with its radicals written as characters of their own.

    What goes around a character is written before it or after it.
    """
    if kind.startswith(("s", "w")):
        ways = [*ways, *(way[::-1] for way in ways if len(way) == 2)]
    typed = ("".join(SPELLED_OUT.get(part, part) for part in way) for way in ways)
    return tuple(dict.fromkeys([*ways, *typed]))


def _base(way: str) -> str | None:
    """What is left of two parts without the radical."""
    if len(way) != 2:
        # A right half that has no character of its own is known by its parts.
        return way[1:] if len(way) <= _MOST_PARTS and way[0] in RADICALS else None
    rest = [part for part in way if part not in RADICALS]
    if len(rest) == 1:
        return rest[0]
    # Of two radicals the first mostly says what it is about, the second how it looks.
    return None if rest else way[1]


def _shapes(bases: dict[str, str]) -> dict[str, str]:
    halves = sorted({base for base in bases.values() if len(base) > 1})
    named = {half: chr(_PRIVATE + n) for n, half in enumerate(halves)}
    bases = {c: named.get(base, base) for c, base in bases.items()}
    children = Counter(bases.values())
    roots = {base for base, count in children.items() if count >= _FAMILY}
    shape: dict[str, str] = {}
    for character, base in bases.items():
        while base in bases and base not in roots:
            base = bases[base]
        if character not in roots:
            shape[character] = base
    alike: dict[str, str] = {}
    for group in _LOOK_ALIKES.split():
        # What stands alone looks alike, and so do the characters that have it as their part.
        targets = {alike.get(c, c) for c in group}
        first = min(targets)
        alike |= {c: first for c, old in alike.items() if old in targets}
        alike |= dict.fromkeys(group, first)
    every = {*shape, *alike}
    found = {c: alike.get(c) or alike.get(shape[c], shape[c]) for c in every}
    return {c: target for c, target in found.items() if c != target}
