"""Deadlines, Ctrl-C, threads and progress of `Limits`, on a clock of the test's own."""

import io
import math
import os
import signal
import sys
import threading
import time

import pytest

from analoghop import limits as module
from analoghop.errors import InputError
from analoghop.limits import COMPILING, Limits, Tally, limited


class Clock:
    """A clock that goes on when it is told to, and notes how long anybody slept."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(module.time, "monotonic", lambda: found.now)
    monkeypatch.setattr(module.time, "sleep", found.sleep)
    return found


@pytest.fixture
def listening():
    """Ctrl-C is Python's own, as in a program in the foreground."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("bad", [0, 0.0, -1, math.nan, True, "3"])
def test_a_time_limit_is_a_positive_number(bad) -> None:
    with pytest.raises(InputError, match="`time_limit` is .*, expected a positive number of seconds"):
        Limits(bad)


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "2", None])
def test_threads_are_a_whole_number_from_one(bad) -> None:
    with pytest.raises(InputError, match="`threads` is .*, expected a whole number from 1"):
        Limits(threads=bad)


@pytest.mark.parametrize("bad", [1, "yes", None])
def test_progress_is_a_switch_or_a_function(bad) -> None:
    with pytest.raises(InputError, match="`progress` is .*, expected True, False or a function"):
        Limits(progress=bad)


def test_a_time_limit_ends_the_work_when_it_is_up(clock: Clock) -> None:
    limits = Limits(5)
    assert (limits.limited, limits.left, limits.deadline) == (True, 5.0, 105.0)
    assert not limits.over
    assert not limits.late
    clock.now = 104.999
    assert limits.over is limits.late is False
    assert limits.left == pytest.approx(0.001)
    clock.now = 105.0
    assert limits.over
    assert limits.late
    clock.now = 107.0
    assert (limits.left, limits.over, limits.late) == (0.0, True, True)
    assert clock.slept == []


def test_without_a_time_limit_there_is_no_end(clock: Clock) -> None:
    limits = Limits()
    clock.now = 1e12
    assert limits.over is limits.late is limits.limited is False
    assert limits.interrupted is limits.insistent is False
    assert limits.left == math.inf
    assert limits.threads == 1
    assert not limits.within(0.5).limited


def test_parts_end_earlier_and_never_later(clock: Clock) -> None:
    limits = Limits(10)
    assert limits.until(103.0).deadline == 103.0
    assert limits.until(120.0).deadline == 110.0
    clock.now = 102.0
    assert limits.within(0.25).deadline == 104.0
    assert limits.alone().deadline == 110.0
    assert limits.telling(False).deadline == 110.0
    clock.now = 200.0
    assert limits.over
    assert limits.further(3.0).deadline == 203.0
    assert not limits.further(3.0).over
    assert limits.deadline == 110.0


def test_parts_share_ctrl_c_in_both_directions() -> None:
    limits = Limits(threads=3)
    parts = [
        limits.until(math.inf),
        limits.within(0.5),
        limits.further(9),
        limits.telling(True),
        limits.alone(),
    ]
    assert [part.threads for part in parts] == [3, 3, 3, 3, 1]
    parts[2].interrupt()
    assert limits.interrupted
    assert limits.over
    assert not limits.late
    assert all(part.interrupted and part.over for part in parts)
    assert not limits.insistent


def test_progress_is_told_by_parts_only_where_it_is_asked_for(clock: Clock) -> None:
    told: list[Tally] = []
    limits = Limits(10, progress=told.append)
    for part, heard in (
        (limits.until(105), False),
        (limits.until(105, quiet=False), True),
        (limits.within(0.5), False),
        (limits.within(0.5, quiet=False), True),
        (limits.alone(), False),
        (limits.further(1), False),
        (limits.telling(told.append), True),
        (limits.telling(False), False),
    ):
        assert part.told is heard
        told.clear()
        part.tell(1, 1)
        assert told == [Tally(1, 1)] * heard


def test_progress_is_told_every_tenth_of_a_second_and_at_the_end(clock: Clock) -> None:
    told: list[Tally] = []
    limits = Limits(progress=told.append)
    limits.tell(1, 10)
    assert told == []
    clock.now += 0.1
    limits.tell(2, 10, "cues", 1)
    limits.tell(3, 10)
    assert told == [Tally(2, 10, "cues", 1)]
    clock.now += 0.0999
    limits.tell(4, None)
    assert len(told) == 1
    clock.now += 0.0002
    limits.tell(5, None)
    limits.tell(6, None)
    assert told[1:] == [Tally(5, None)]
    limits.tell(10, 10)
    limits.tell(0, 30.0, COMPILING)
    assert told[2:] == [Tally(10, 10), Tally(0, 30.0, COMPILING)]


def test_silence_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    with Limits() as limits:
        assert not limits.told
        limits.tell(1, 1)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_for_each_total_and_closed(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with Limits(progress=True) as limits:
        assert limits.told
        clock.now += 1.0
        limits.tell(1, 4, "starts", 0)
        limits._reporter._bar._bar.refresh()
        assert limits._reporter._bar._bar.n == 1
        limits.tell(4, 4, "starts", 3)
        assert limits._reporter._bar._bar.n == 4
        limits.tell(2.0, 2.0, "s")
        limits.tell(0, 30.4, COMPILING)
    text = screen.getvalue()
    assert "4/4" in text
    assert "settled=3" in text
    assert " starts" in text
    assert "100%|" in text
    assert "compiling once, about 30 s\n" in text
    assert limits._reporter._bar._bar is None


def test_a_share_of_the_work() -> None:
    assert Tally(1, 4).share == 0.25
    assert Tally(5, 4).share == 1.0
    assert Tally(0, 0).share == 1.0
    assert Tally(3, None).share is None


@pytest.mark.usefixtures("listening")
def test_ctrl_c_is_noted_once_and_raised_the_second_time() -> None:
    limits = Limits()
    with limits.heed():
        os.kill(os.getpid(), signal.SIGINT)
        assert limits.interrupted
        assert limits.over
        assert not limits.insistent
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt), limits.heed():
        os.kill(os.getpid(), signal.SIGINT)
    assert limits.insistent
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_program_stays_and_what_it_raises_is_noted() -> None:
    def own(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, own)
    try:
        limits = Limits()
        with limits.heed():
            assert signal.getsignal(signal.SIGINT) is own
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)
    assert limits.interrupted
    assert not limits.insistent


@pytest.mark.usefixtures("listening")
def test_other_threads_install_no_handler() -> None:
    seen = []

    def work() -> None:
        with Limits().heed():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


@pytest.mark.parametrize("threads", [1, 3])
def test_every_part_is_worked_on_once(threads: int) -> None:
    done, where = [], set()

    def work(part: int) -> None:
        done.append(part)
        where.add(threading.current_thread())
        time.sleep(0.001)

    Limits(threads=threads).run_in_threads(work, iter(range(20)))
    assert sorted(done) == list(range(20))
    assert (threading.main_thread() in where) is (threads == 1)
    assert len(where) <= threads
    done.clear()
    where.clear()
    Limits(threads=threads).run_in_threads(work, [7])
    assert (done, where) == ([7], {threading.main_thread()})
    Limits(threads=threads).run_in_threads(work, [])
    assert done == [7]


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("parts", [1, 2])
def test_ctrl_c_ends_what_is_spread(parts: int) -> None:
    limits = Limits(60, threads=2)

    def work(part: int) -> None:
        if part == 0:
            os.kill(os.getpid(), signal.SIGINT)
        while not limits.over:
            pass

    limits.run_in_threads(work, range(parts))
    assert limits.interrupted
    assert not limits.late
    assert limits._halt.pause == math.inf


def test_a_failing_thread_ends_the_others_and_is_told() -> None:
    limits = Limits(60, threads=2)
    ended = []

    def work(part: int) -> None:
        if part == 1:
            raise ValueError("part 1")
        while not limits.over:
            time.sleep(0.001)
        ended.append(part)

    with pytest.raises(ValueError, match="part 1"):
        limits.run_in_threads(work, range(2))
    assert ended == [0]
    assert not limits.late
    assert not limits.interrupted


def test_while_several_threads_work_they_pause_for_the_main_thread(clock: Clock) -> None:
    limits = Limits()
    limits._halt.pause = clock.now
    assert not limits.over
    assert clock.slept == [1e-4]
    assert not limits.over
    clock.now += 0.0199
    assert not limits.over
    assert clock.slept == [1e-4]
    clock.now += 0.0002
    assert not limits.over
    assert clock.slept == [1e-4, 1e-4]


def test_a_door_makes_limits_or_takes_them(clock: Clock) -> None:
    told: list[Tally] = []
    with limited(time_limit=4, threads=2, progress=told.append) as made:
        assert (made.left, made.threads, made.told) == (4.0, 2, True)
    with limited() as made:
        assert (made.limited, made.threads, made.told) == (False, 1, False)
    given = Limits(3)
    with limited(given) as same:
        assert same is given
    for options in ({"time_limit": 1}, {"threads": 1}, {"progress": True}):
        with pytest.raises(InputError, match="give `limits`, or"), limited(given, **options):
            pass
    with pytest.raises(InputError, match="`limits` is 3, expected a `Limits`"), limited(3):  # type: ignore[arg-type]
        pass


def test_what_a_door_makes_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(Limits, "close", lambda self: closed.append(self))
    with limited() as made:
        assert closed == []
    assert closed == [made]
    with limited(made):
        pass
    assert closed == [made]
