"""Our time against a machine's clock that jumps, starts in 1970, or is put right late."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.store.clock import SECOND
from estate_sms.store.steady import AHEAD, BEHIND, EARLIEST, STEP, SteadyClock

DAY = 86_400 * SECOND
NOON = EARLIEST + 300 * DAY
IN_2099 = NOON + 73 * 365 * DAY


class Machine:
    """A clock on the wall that anybody sets, and one that nobody does."""

    def __init__(self, wall: int = NOON) -> None:
        self.wall = wall
        self.boot = 5 * SECOND
        self.ntp = False
        self.clock = SteadyClock(lambda: self.wall, lambda: self.boot, lambda: self.ntp)

    def run(self, microseconds: int) -> None:
        self.wall += microseconds
        self.boot += microseconds

    def set(self, wall: int, *, ntp: bool = False) -> None:
        self.wall, self.ntp = wall, ntp


def started(wall: int, newest: int, *, ntp: bool = False) -> Machine:
    machine = Machine(wall)
    machine.ntp = ntp
    machine.clock.start(newest)
    return machine


def test_a_clock_that_is_right_is_followed() -> None:
    machine = started(NOON, NOON - DAY)
    machine.run(DAY)
    assert (machine.clock(), machine.clock.state) == (NOON + DAY, "sure")
    machine.set(machine.wall + STEP - 1)
    assert machine.clock() == machine.wall, "a small step is one of the machine's own"
    machine.set(machine.wall - STEP + 1)
    assert (machine.clock(), machine.clock.state) == (machine.wall, "sure")


def test_a_jump_to_2099_does_not_move_us() -> None:
    machine = started(NOON, NOON)
    machine.set(IN_2099)
    machine.run(60 * SECOND)
    assert (machine.clock(), machine.clock.state) == (NOON + 60 * SECOND, "apart")
    assert machine.clock.review() == 0, "nothing says that it is right"
    machine.set(NOON + 60 * SECOND)
    assert (machine.clock(), machine.clock.state) == (NOON + 60 * SECOND, "sure")


def test_a_jump_back_does_not_either() -> None:
    machine = started(NOON, NOON)
    machine.set(0)
    assert (machine.clock(), machine.clock.state) == (NOON, "apart")
    machine.ntp = True
    assert machine.clock.review() == 0, "1970 is wrong whoever says so"
    machine.set(NOON - DAY, ntp=True)
    assert machine.clock.review() == -DAY
    assert (machine.clock(), machine.clock.state) == (NOON - DAY, "sure")


def test_no_clock_at_boot_until_the_network_has_the_time() -> None:
    machine = started(7 * SECOND, NOON)
    assert (machine.clock(), machine.clock.state) == (NOON, "unknown")
    machine.run(30 * SECOND)
    assert machine.clock() == NOON + 30 * SECOND, "it goes on"
    machine.set(NOON + 3 * DAY, ntp=True)
    assert machine.clock.state == "unknown", "taken at a review, so that what follows is told"
    assert machine.clock.review() == 3 * DAY - 30 * SECOND
    assert (machine.clock(), machine.clock.state) == (NOON + 3 * DAY, "sure")


def test_a_new_database_on_a_machine_without_a_clock() -> None:
    machine = started(0, 0)
    assert (machine.clock(), machine.clock.state) == (EARLIEST, "unknown")
    assert started(NOON, 0).clock.state == "sure"


def test_a_clock_restored_from_an_hourly_file_goes_on_from_the_newest_row() -> None:
    machine = started(NOON - BEHIND + SECOND, NOON)
    assert (machine.clock(), machine.clock.state) == (NOON, "apart")
    assert started(NOON - BEHIND - SECOND, NOON).clock.state == "unknown"


def test_a_person_can_say_that_it_is_right() -> None:
    machine = started(NOON + AHEAD + DAY, NOON)
    assert machine.clock.state == "unknown"
    assert machine.clock.accept() == AHEAD + DAY
    assert (machine.clock(), machine.clock.state) == (machine.wall, "sure")
    assert started(NOON + AHEAD - DAY, NOON).clock.state == "sure", (
        "a gateway may be off for months"
    )


@given(
    st.integers(0, IN_2099),
    st.lists(st.tuples(st.integers(0, IN_2099), st.integers(0, DAY)), max_size=30),
)
@settings(max_examples=200)
def test_without_leave_our_time_never_leaves_the_boot_clock(
    wall: int, steps: list[tuple[int, int]]
) -> None:
    """However the machine's clock is set: a step is at most a small one, and time goes on."""
    machine = started(wall, NOON)
    before, boot = machine.clock(), machine.boot
    assert before >= min(NOON, wall)
    for setting, seconds in steps:
        machine.set(setting)
        machine.run(seconds)
        now = machine.clock()
        assert abs((now - before) - (machine.boot - boot)) <= STEP
        assert machine.clock.review() == 0
        before, boot = now, machine.boot
