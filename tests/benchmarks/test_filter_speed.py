"""The word filter: messages a second and the slowest of a hundred; building a large list beside."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from estate_sms.policy.filter import WordFilter
from estate_sms.policy.filter.characters import characters
from estate_sms.policy.filter.entries import Entry
from estate_sms.policy.filter.rules import Rules

NOTICES = (
    "【翠湖物业】尊敬的业主：本小区将于6月4日8:00-18:00对3栋至5栋水箱进行清洗消毒，期间暂停供水，请提前储水。",
    "温馨提示：近期雨水较多，请关好门窗，妥善放置阳台物品，谨防高空坠物。如需帮助请致电物业服务中心400-800-1234。",
    "各位居民，本周六上午9点在中心广场举行垃圾分类宣传活动，凭业主卡可领取环保袋一个，欢迎参加！",
)


def _words(count: int) -> list[Entry]:
    rng = random.Random(3)
    common = list(characters().reading)[:3_755]
    words: set[str] = set()
    while len(words) < count:
        words.add("".join(rng.choices(common, k=rng.choice((2, 3, 3, 4, 4, 4, 5, 6)))))
    return [Entry(word, "test", "block") for word in sorted(words)]


def _resident() -> float:
    """MiB."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) / 256


def test_every_view_at_ten_thousand_words(
    benchmark: Any, figures: Any, size: Callable[[int, int], int]
) -> None:
    checked = WordFilter(Rules(_words(10_000)))
    texts = [f"{text}{n}" for n in range(size(200, 4_000)) for text in NOTICES]
    benchmark(lambda: checked.check(NOTICES[0], "service"))
    seconds: list[float] = []
    began = time.thread_time()
    for text in texts:
        start = time.perf_counter()
        checked.check(text, "service")
        seconds.append(time.perf_counter() - start)
    cpu = time.thread_time() - began
    seconds.sort()
    figures.note("word filter, 10,000 words, all views: messages", len(texts) / cpu, "/s of CPU")
    figures.note("… 99th percentile", seconds[len(seconds) * 99 // 100] * 1e6, "µs")


def test_a_hundred_thousand_words_beside(
    benchmark: Any, figures: Any, size: Callable[[int, int], int]
) -> None:
    entries = _words(size(10_000, 100_000))
    checked = WordFilter(Rules([Entry("海洛因", "test", "block")]))
    checked.check(NOTICES[0], "service")
    gaps: list[float] = []
    done = threading.Event()

    def ask() -> None:
        last = time.perf_counter()
        while not done.wait(0.001):
            checked.check("出售海洛因", "service")
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    asking = threading.Thread(target=ask)
    asking.start()
    before, began, cpu = _resident(), time.perf_counter(), time.thread_time()
    benchmark.pedantic(lambda: checked.swap(Rules(entries)), rounds=1)
    took, worked = time.perf_counter() - began, time.thread_time() - cpu
    done.set()
    asking.join()
    name = f"reload of {len(entries):,} words:"
    figures.note(name, took, "s")
    figures.note(f"{name} CPU", worked, "s")
    figures.note(f"{name} memory", _resident() - before, "MiB")
    figures.note(f"{name} longest wait of another thread", max(gaps) * 1e3, "ms")
