"""Links and addresses in a folded text, also spelled out (点com). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAYBE = re.compile(r"[.。点丶@][ ]?[a-z]|[a-z][ ]?[.。点丶@]|://|www")
_TOP = (
    "com|cn|net|org|cc|top|xyz|vip|info|biz|me|io|co|tv|club|shop|site|online|store|app|work|live"
    "|link|icu|ltd|wang|xin|ren|win|bid|pro|fun|pw|ly|gl|hk|tw|ru|ws|in|la|so|im|us|uk|tk|ml|ga|cf|mobi"
    "|asia|space|tech|website|one|life|today|world|page|dev|ink|红包|网址|中国|公司|网络"
)
_DOT = r"(?: ?[.。丶]|(?<=[a-z])点|dot|\(dot\)|\[\.\])"
_NAME = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(
    rf"(?:https?:?//)?(?<![a-z0-9@])(?:{_NAME}{_DOT}){{1,5}}(?:{_TOP})(?![a-z0-9])(?:[/:?][\w\-./?%&=#:~+]*)?"
)
_SCHEME = re.compile(r"(?:https?|ftp)://[^\s，。、！？；：“”‘’（）()<>《》【】\[\]]{3,2048}")
_MAIL = re.compile(
    rf"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{{0,63}} ?(?:@|\(at\)|#at#) ?(?:{_NAME}\.){{1,5}}[a-z]{{2,24}}"
)
_SHORT = re.compile(
    r"(?:https?://)?(?:t\.cn|url\.cn|dwz\.cn|suo\.im|suo\.nz|bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|w\.url\.cn"
    r"|985\.so|mrw\.so|rrd\.me|s\.click\.taobao\.com|m\.tb\.cn|u\.jd\.com|dlj\.li|sourl\.cn|c7\.gg|ow\.ly|cutt\.ly"
    r"|rebrand\.ly|shorturl\.at|v\.ht|6du\.in|0x\.gs|u\.nu|reurl\.cc)(?:/|$|(?![a-z0-9.]))"
)
_PUBLIC = re.compile(r"\.(?:gov|edu|mil)\.cn(?:[/:?]|$)")
_NO_NAMES = re.compile(r"^[0-9 .。丶点]+$")


def links(text: str) -> Iterator[tuple[str, int, int]]:
    """(rule, start, end) of every link; rules: short link, link, public link, e-mail."""
    if _MAYBE.search(text) is None:
        return
    for match in _MAIL.finditer(text):
        yield "e-mail", *match.span()
    end = 0
    schemes = [match.span() for match in _SCHEME.finditer(text)]
    for start, stop in schemes:
        yield _kind(text[start:stop]), start, stop
    waiting = iter(schemes)
    low, high = next(waiting, (len(text) + 1, len(text) + 1))
    for match in _DOMAIN.finditer(text):
        while high <= match.start():
            low, high = next(waiting, (len(text) + 1, len(text) + 1))
        named = low <= match.end() and match.start() < high
        if match.start() >= end and not named and not _is_part(text, match.start()):
            end = match.end()
            yield _kind(match[0]), *match.span()


def _is_part(text: str, start: int) -> bool:
    """Whether a bare domain is what an e-mail address already named."""
    return start > 0 and text[start - 1] in "@/"


def _kind(link: str) -> str:
    if _SHORT.search(link):
        return "short link"
    return "public link" if _PUBLIC.search(link) else "link"
