from __future__ import annotations

import phonenumbers
import pytest

from estate_sms.estate import samples


def test_the_same_ones_every_time() -> None:
    made = list(samples.households(1_200))
    assert made == list(samples.households(1_200))
    assert made[:10] == list(samples.households(10))
    assert len({(h.building, h.unit, h.room) for h in made}) == 1_200
    assert len({h.building for h in made}) == 5


def test_numbers_are_unique_and_of_the_made_up_range() -> None:
    made = list(samples.households(samples.MOST))
    assert len({h.number for h in made}) == samples.MOST
    assert all(h.number.startswith(("+861380013", "+8613800138")) for h in made)
    assert (made[0].number, made[-1].number) == ("+8613800138000", "+8613800139999")
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(h.number)) for h in made[::97])
    assert "138" not in repr(made[0])


@pytest.mark.parametrize("count", [-1, samples.MOST + 1])
def test_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="sample households"):
        list(samples.households(count))
