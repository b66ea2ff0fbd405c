"""Where texts are cut, and where they must not be."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from estate_sms.modem.pdu import (
    Alphabet,
    Concat,
    PduError,
    Submit,
    decode_submit,
    encode_submit,
    segment,
    segment_count,
)

BOUNDARIES: list[tuple[str, Alphabet, list[int]]] = [
    ("", "gsm7", [0]),
    ("a" * 160, "gsm7", [160]),
    ("a" * 161, "gsm7", [153, 8]),
    ("a" * 306, "gsm7", [153, 153]),
    ("a" * 307, "gsm7", [153, 153, 1]),
    ("€" * 80, "gsm7", [80]),
    ("€" * 81, "gsm7", [76, 5]),
    ("a" * 158 + "€", "gsm7", [159]),
    ("a" * 159 + "€", "gsm7", [153, 7]),
    ("a" * 152 + "€" + "a" * 20, "gsm7", [152, 21]),  # the pair would straddle the cut
    ("a" * 151 + "€" + "a" * 20, "gsm7", [152, 20]),  # the pair ends exactly at it
    ("a" * 152 + "€€" + "a" * 20, "gsm7", [152, 22]),
    ("中" * 70, "ucs2", [70]),
    ("中" * 71, "ucs2", [67, 4]),
    ("中" * 134, "ucs2", [67, 67]),
    ("中" * 135, "ucs2", [67, 67, 1]),
    ("😀" * 35, "ucs2", [35]),
    ("😀" * 36, "ucs2", [33, 3]),
    ("中" * 69 + "😀", "ucs2", [67, 3]),
    ("中" * 66 + "😀" + "中" * 10, "ucs2", [66, 11]),  # the pair would straddle the cut
    ("中" * 65 + "😀" + "中" * 10, "ucs2", [66, 10]),  # the pair ends exactly at it
    ("`", "ucs2", [1]),
    ("ÿ", "ucs2", [1]),
    ("\0", "ucs2", [1]),
    ("§\f", "gsm7", [2]),
    ("👨‍👩‍👧", "ucs2", [5]),
]


@pytest.mark.parametrize(("text", "alphabet", "lengths"), BOUNDARIES)
def test_boundaries(text: str, alphabet: Alphabet, lengths: list[int]) -> None:
    cut = segment(text)
    assert (cut.alphabet, [len(part) for part in cut.segments]) == (alphabet, lengths)
    assert "".join(cut.segments) == text
    assert segment_count(text) == len(lengths)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [152, 9]),
        ("a" * 304, [152, 152]),
        ("a" * 305, [152, 152, 1]),
        ("a" * 151 + "€" + "a" * 20, [151, 21]),
        ("中" * 70, [70]),
        ("中" * 71, [66, 5]),
        ("中" * 132, [66, 66]),
        ("中" * 133, [66, 66, 1]),
        ("中" * 65 + "😀" + "中" * 10, [65, 11]),
    ],
)
def test_boundaries_of_a_16_bit_reference(text: str, lengths: list[int]) -> None:
    cut = segment(text, reference_bits=16)
    assert [len(part) for part in cut.segments] == lengths
    assert "".join(cut.segments) == text


@pytest.mark.parametrize(("unit", "size"), [("a", 153), ("中", 67), ("€", 76), ("😀", 33)])
def test_at_most_255_segments(unit: str, size: int) -> None:
    assert segment_count(unit * (255 * size)) == len(segment(unit * (255 * size)).segments) == 255
    with pytest.raises(PduError):
        segment(unit * (255 * size + 1))
    with pytest.raises(PduError):
        segment_count(unit * (255 * size + 1))


HIGH, LOW = chr(0xD83D), chr(0xDE00)


@pytest.mark.parametrize("text", [HIGH, LOW, "中" + LOW + HIGH + "文", "a" * 200 + HIGH])
def test_lone_surrogates_are_refused(text: str) -> None:
    with pytest.raises(PduError) as caught:
        segment(text)
    assert caught.value.__suppress_context__  # the cause quotes the text
    with pytest.raises(PduError):
        segment_count(text)
    with pytest.raises(PduError):
        encode_submit(Submit("10086", text))


def test_a_segmentation_does_not_show_its_text() -> None:
    assert "hello" not in repr(segment("hello"))


def test_a_text_too_long_for_one_segment_is_refused() -> None:
    part = Concat(1, 2, 1)
    for text, concat in [
        ("a" * 161, None),
        ("a" * 154, part),
        ("中" * 71, None),
        ("中" * 68, part),
    ]:
        with pytest.raises(PduError):
            encode_submit(Submit("10086", text, concat=concat))


GSM_TEXT = st.text(alphabet="aZ09@ §€{}[]~|^\\\f\n\ràÇΩ¿", max_size=400)
ANY_TEXT = st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.just("😀")))
LONG_TEXT = st.tuples(ANY_TEXT, st.integers(1, 40)).map(lambda pair: pair[0] * pair[1])


@given(GSM_TEXT | LONG_TEXT, st.sampled_from((8, 16)), st.integers(0, 255))
@example("€" * 161, 8, 0)
@example("😀" * 71, 16, 255)
def test_round_trip(text: str, bits: Literal[8, 16], reference: int) -> None:
    """Text, segments, PDUs, and back."""
    cut = segment(text, reference_bits=bits)
    total = len(cut.segments)
    received = ""
    for seq, part in enumerate(cut.segments, 1):
        concat = Concat(reference, total, seq, bits) if total > 1 else None
        encoded = encode_submit(Submit("+8613800138000", part, cut.alphabet, concat))
        assert encoded.length == len(encoded.hex) // 2 - 1 <= 164
        decoded = decode_submit(encoded.hex)
        assert (decoded.concat, decoded.alphabet) == (concat, cut.alphabet)
        received += decoded.text
    assert received == text


@given(GSM_TEXT | LONG_TEXT)
def test_no_segment_could_have_taken_more(text: str) -> None:
    """The next segment's first character did not fit any more."""
    cut = segment(text)
    for part, following in zip(cut.segments, cut.segments[1:], strict=False):
        longer = Submit("10086", part + following[0], cut.alphabet, Concat(0, 2, 1))
        with pytest.raises(PduError):
            encode_submit(longer)
