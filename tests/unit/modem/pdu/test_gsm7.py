"""The default alphabet, its extension table and the packing of septets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.modem.pdu import PduError, gsm7


def test_the_alphabet_is_whole() -> None:
    characters = gsm7.decode(bytes(septet for septet in range(128) if septet != gsm7.ESC))
    assert len(set(characters)) == 127
    assert gsm7.encode(characters) == bytes(s for s in range(128) if s != gsm7.ESC)


@pytest.mark.parametrize(
    ("character", "septets"),
    [
        ("@", "00"),
        ("$", "02"),
        ("Ç", "09"),
        ("\n", "0A"),
        ("\r", "0D"),
        ("_", "11"),
        ("¤", "24"),
        ("¡", "40"),
        ("§", "5F"),
        ("¿", "60"),
        ("à", "7F"),
        ("\f", "1B0A"),
        ("^", "1B14"),
        ("{", "1B28"),
        ("}", "1B29"),
        ("\\", "1B2F"),
        ("[", "1B3C"),
        ("~", "1B3D"),
        ("]", "1B3E"),
        ("|", "1B40"),
        ("€", "1B65"),
    ],
)
def test_positions(character: str, septets: str) -> None:
    assert gsm7.encode(character) == bytes.fromhex(septets)
    assert gsm7.decode(bytes.fromhex(septets)) == character


@pytest.mark.parametrize("character", ["`", "ÿ", "ç", "\t", "\0", "\x1b", "中", "😀", "\x7f"])
def test_outside_the_alphabet(character: str) -> None:
    assert not gsm7.encodable(character)
    with pytest.raises(PduError):
        gsm7.encode(character)


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        ("61 1B", "a "),  # an escape with nothing after it
        ("1B", " "),
        ("1B 1B 61", " a"),  # escape to a further table
        ("1B 61", "a"),  # unassigned: the default alphabet's character
        ("1B 00", "@"),
    ],
)
def test_odd_escapes(septets: str, text: str) -> None:
    assert gsm7.decode(bytes.fromhex(septets)) == text


def test_packing_of_the_standard_s_example() -> None:
    assert gsm7.pack(gsm7.encode("hellohello")).hex().upper() == "E8329BFD4697D9EC37"
    assert gsm7.unpack(bytes.fromhex("E8329BFD4697D9EC37"), 10) == b"hellohello"


@given(
    st.binary(max_size=160).map(lambda octets: bytes(o & 0x7F for o in octets)), st.integers(0, 6)
)
def test_packing_round_trip(septets: bytes, fill_bits: int) -> None:
    packed = gsm7.pack(septets, fill_bits)
    assert len(packed) == -(-(len(septets) * 7 + fill_bits) // 8)
    assert gsm7.unpack(packed, len(septets), fill_bits) == septets


def test_unpacking_more_than_there_is() -> None:
    assert gsm7.unpack(bytes(7), 8) == bytes(8)
    for octets, count, fill_bits in ((bytes(1), 1, 2), (bytes(7), 8, 1), (bytes(8), 10, 0)):
        with pytest.raises(PduError):
            gsm7.unpack(octets, count, fill_bits)
