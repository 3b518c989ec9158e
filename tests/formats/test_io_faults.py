"""Whatever fails while a file is written: the old file stands, or the whole new one, and nothing else."""

import io
import os
import signal
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from analoghop.ensembles import EnsembleSolution
from analoghop.errors import InputError
from analoghop.formats import files
from analoghop.formats.memories.patterns import Patterns, write_patterns
from analoghop.simulate_many import simulate_many
from tests.examples.formats import FORMATS
from tests.formats.io_faults import Faulty, broken, full, killed, pressed

Writer = Callable[[Path], object]
OLD = b"what stood there before"


def _picture(path: Path) -> None:
    from matplotlib.figure import Figure

    from analoghop.plotting import save_figure

    figure = Figure(figsize=(1, 1))
    figure.add_axes((0, 0, 1, 1)).plot([0, 1])
    save_figure(figure, path, {"title": "a picture"})


@cache
def _runs() -> EnsembleSolution:
    deck = Path(__file__).parents[2] / "circuits" / "flipflop.cir"
    return simulate_many(deck, 2, engine="ensemble")


def _large(path: Path) -> None:
    with files.replacing(path) as handle, io.TextIOWrapper(handle, "utf-8") as text:
        for k in range(20_000):
            text.write(f"line {k}\n")


def _pixels(path: Path) -> None:
    write_patterns(path, Patterns(np.array([[1.0, -1.0, 1.0, 1.0]]), (2, 2)), "a comment")


WRITERS: dict[str, Writer] = {
    **{name: lambda path, own=own: own.write(path, own.record) for name, own in FORMATS.items()},
    **{f"picture.{form}": _picture for form in ("png", "svg", "pdf")},
    "ensemble.npz": lambda path: _runs().save(path),
    "large.txt": _large,
    "pixels.png": _pixels,
}


def attempt(write: Writer, path: Path, faulty: Faulty) -> BaseException | None:
    """Write with a file system that fails, and return what was raised."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "os", faulty)
        try:
            write(path)
        except (InputError, KeyboardInterrupt) as error:
            return error
    return None


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return tmp_path / "folder"


def prepared(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(OLD)
    path.chmod(0o600)
    return path


FAULTS = [(name, fault) for name in WRITERS for fault in (full, broken, pressed)]
FAULTS = [case for case in FAULTS if case[1] is full or "picture" not in case[0]]
"""Pictures take long to draw: they meet one kind of fault."""


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_after_every_fault_one_whole_file_stands(old: Path, name: str, fault: Callable[[str], None]) -> None:
    write = WRITERS[name]
    path = prepared(old, name)
    write(path)
    new = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    for n in range(1, 200):
        path = prepared(old, name)
        faulty = Faulty(n, fault)
        failed = attempt(write, path, faulty)
        assert os.listdir(old) == [name], (n, faulty.calls)
        found = path.read_bytes()
        renamed = "replace" in faulty.calls[: n - 1]
        if name.endswith((".raw", ".npz", ".pdf")):  # they hold a date
            assert found == OLD or len(found) == len(new)
        else:
            assert found in (OLD, new)
        if failed is None:
            assert found != OLD
            if n > len(faulty.calls):
                break
        else:
            assert found != OLD if renamed else found == OLD, (n, faulty.calls)
            if isinstance(failed, InputError):
                assert str(failed).startswith(f"cannot write {path}: ")
                assert "\n" not in str(failed)
    assert {"open", "write", "fsync", "close", "replace"} <= set(faulty.calls)


@pytest.mark.parametrize("name", ["x.csv", "x.npz", "large.txt", "x.tour"])
def test_short_writes_are_continued(old: Path, name: str) -> None:
    path = prepared(old, name)
    WRITERS[name](path)
    new = path.read_bytes()
    assert attempt(WRITERS[name], path, Faulty(short=True)) is None
    assert len(path.read_bytes()) == len(new)
    if name != "x.npz":
        assert path.read_bytes() == new


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
@pytest.mark.parametrize("name", ["x.csv", "x.npz", "x.tour"])
def test_what_a_killed_process_leaves_is_removed_by_the_next_write(old: Path, name: str) -> None:
    write, left = WRITERS[name], 0
    for n in range(1, 40):
        path = prepared(old, name)
        (old / ".analoghop-ffffffffffff-ffffffff-1-0123456789abcdef.part").write_bytes(b"of another machine")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            try:
                attempt(write, path, Faulty(n, killed))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        parts = [entry for entry in os.listdir(old) if entry not in (name, others(old))]
        assert len(parts) <= 1
        left += len(parts)
        assert path.read_bytes() == OLD or len(path.read_bytes()) > len(OLD)
        write(path)
        assert sorted(os.listdir(old)) == sorted([name, others(old)])
        if not os.WIFSIGNALED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert left > 3


def others(folder: Path) -> str:
    """The file that looks like one of ours, but was made on another machine."""
    (name,) = (entry for entry in os.listdir(folder) if "-ffffffff-" in entry)
    return name


def dead() -> int:
    """The number of a process that has ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_only_files_that_are_surely_left_over_are_removed(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    made = files._part_name(target)
    start, own = made.rsplit("-", 2)[0], f"-{os.getpid()}-"
    gone = f"{start}-{dead()}-0123456789abcdef.part"
    kept = [
        made,  # this process lives
        f"{start}-{os.getppid()}-0123456789abcdef.part",
        gone.replace(".part", ".part~"),
        gone.replace("analoghop", "analogue"),
        gone.replace("0123456789abcdef", "0123"),
        files._part_name(tmp_path / "y.txt").replace(own, f"-{dead()}-"),  # of another target
        "x.txt.part",
        ".x.part",
    ]
    for name in [*kept, gone]:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / gone.replace("0123456789abcdef", "f" * 16)).mkdir()
    files.write_text(target, "new")
    assert sorted(os.listdir(tmp_path)) == sorted(
        ["x.txt", *kept, gone.replace("0123456789abcdef", "f" * 16)]
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_a_file_that_somebody_holds_stays_whatever_its_number(tmp_path: Path) -> None:
    import fcntl

    target = tmp_path / "x.txt"
    gone = files._part_name(target).replace(f"-{os.getpid()}-", f"-{dead()}-")
    with (tmp_path / gone).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        files.write_text(target, "new")
        assert (tmp_path / gone).exists()
    files.write_text(target, "newer")
    assert os.listdir(tmp_path) == ["x.txt"]


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    with files.replacing(target) as first, files.replacing(target) as second:
        first.write(b"first")
        second.write(b"second")
        files.write_text(target, "third")
        assert target.read_text() == "third"
    assert target.read_text() == "first"
    assert os.listdir(tmp_path) == ["x.txt"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o755])
def test_a_replaced_file_hands_on_its_permissions(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "x.txt"
    target.write_text("old")
    target.chmod(mode)
    before = os.umask(0o027)
    try:
        files.write_text(target, "new")
        files.write_text(tmp_path / "fresh", "new")
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == mode
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o640
