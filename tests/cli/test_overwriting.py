"""Nothing overwrites what it is made from, or without `--force` what somebody else has written."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analoghop.formats.intake import is_ours

from .conftest import FLIPFLOP, RC, Command

DATA = Path(__file__).parents[1] / "data"
LETTERS = Path(__file__).parents[2] / "examples" / "patterns" / "letters.txt"
QUICK = ["--starts", "1", "--quiet"]

WRITING: dict[str, list[str]] = {
    "x.raw": ["run", "{deck}", "--out"],
    "x.csv": ["run", "{deck}", "--out"],
    "x.npz": ["run", "{deck}", "--out"],
    "starts.npz": ["run", "{deck}", "--starts", "2", "--out"],
    "run.png": ["run", "{deck}", "--plot"],
    "show.svg": ["show", str(FLIPFLOP), "--plot"],
    "x.tour": ["solve", "tsp", "{tsp}", "--set", "steps=20", *QUICK, "--out"],
    "solve.pdf": ["solve", "maxcut", "{cut}", *QUICK, "--plot"],
    "film.gif": ["solve", "queens", "4", *QUICK, "--plot"],
    "x.cut": ["solve", "maxcut", "{cut}", *QUICK, "--out"],
    "x.col.sol": ["solve", "colouring", "{col}", *QUICK, "--out"],
    "answer.sln": ["solve", "qap", "{qap}", *QUICK, "--out"],
    "x.sol": ["solve", "sat", "{cnf}", *QUICK, "--out"],
    "x.queens": ["solve", "queens", "6", *QUICK, "--out"],
    "encoded.cir": ["encode", "maxcut", "{cut}", "-o"],
    "recalled.txt": ["memory", "recall", "{letters}", "--pattern", "1", "--out"],
    "recalled.npy": ["memory", "recall", "{letters}", "--pattern", "1", "--out"],
    "recalled.png": ["memory", "recall", "{letters}", "--pattern", "1", "--out"],
    "weights.npz": ["memory", "recall", "{letters}", "--pattern", "1", "--save-weights"],
    "compare.csv": ["memory", "compare", "{letters}", "--pattern", "1", "--out"],
    "study.npz": ["memory", "capacity", "--random", "20,2", "--points", "1", "--trials", "1", "--out"],
    "memory.png": ["memory", "recall", "{letters}", "--pattern", "1", "--plot"],
}
"""Commands that write a file, by its name."""


@pytest.fixture
def words(tmp_path: Path) -> Callable[[list[str]], list[str]]:
    """Fill in the paths of inputs, which are copies."""
    (tmp_path / "deck.cir").write_text(RC)
    shutil.copy(DATA / "burma14.tsp", tmp_path / "x.tsp")
    shutil.copy(LETTERS, tmp_path / "letters.txt")
    (tmp_path / "cut").write_text("3 3\n1 2 1\n2 3 1\n1 3 1\n")
    (tmp_path / "x.dat").write_text("3\n0 1 2\n1 0 3\n2 3 0\n0 1 1\n1 0 1\n1 1 0\n")
    (tmp_path / "x.col").write_text("p edge 3 2\ne 1 2\ne 2 3\n")
    (tmp_path / "x.cnf").write_text("p cnf 3 2\n1 -2 0\n2 3 0\n")
    places = {"deck": "deck.cir", "tsp": "x.tsp", "letters": "letters.txt"}
    places |= {"cut": "cut", "qap": "x.dat", "col": "x.col", "cnf": "x.cnf"}
    return lambda given: [
        word.format(**{name: tmp_path / place for name, place in places.items()}) for word in given
    ]


@pytest.mark.parametrize("name", WRITING)
def test_the_same_command_may_be_run_again_but_overwrites_nothing_else(
    command: Command, words: Callable[[list[str]], list[str]], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    line = [*words(WRITING[name]), str(path)]
    first = command(*line)
    assert first.code in (0, 4), first.err
    assert path.is_file()
    assert is_ours(path)
    if name != "film.gif":  # takes seconds
        assert command(*line).code == first.code
    path.write_bytes(b"PK something that is not ours")
    refused = command(*line)
    assert refused.code == 2
    assert f"{path} exists and was not written by analoghop: `--force` overwrites it" in refused.err
    assert refused.err.count("\n") <= 2
    assert path.read_bytes() == b"PK something that is not ours"
    if name == "film.gif":
        return
    assert command(*line, "--force").code == first.code
    assert is_ours(path)
    path.write_bytes(b"")  # as programs make temporary files
    assert command(*line).code == first.code
    assert is_ours(path)


@pytest.mark.parametrize("name", WRITING)
def test_a_name_that_is_too_long_is_one_sentence(
    command: Command, words: Callable[[list[str]], list[str]], name: str
) -> None:
    refused = command(*words(WRITING[name]), "n" * 300 + "".join(Path(name).suffixes))
    assert refused.code in (2, 3)
    assert "cannot write nnn" in refused.err
    assert "File name too long" in refused.err
    assert len(refused.err) < 400


def test_files_of_people_are_not_ours(tmp_path: Path) -> None:
    for place in [*DATA.iterdir(), LETTERS, *FLIPFLOP.parent.glob("*.lib")]:
        assert not is_ours(place), place
    for text in ("t\n*!analoghop johnson\n", "x,y\n1,2\n", "PK", "analoghop is good\n"):
        (tmp_path / "x").write_text(text)
        assert not is_ours(tmp_path / "x")


def _same(path: Path) -> Path:
    return path


def _symlink(path: Path) -> Path:
    link = path.with_name(f"link-{path.name}")
    link.symlink_to(path.name)
    return link


def _hardlink(path: Path) -> Path:
    link = path.with_name(f"hard-{path.name}")
    os.link(path, link)
    return link


def _roundabout(path: Path) -> Path:
    return path.parent / ".." / path.parent.name / path.name


@pytest.mark.parametrize("way", [_same, _symlink, _hardlink, _roundabout])
@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x.tsp", ["encode", "tsp", "x.tsp", "-o"]),
        ("deck.csv", ["run", "deck.csv", "--out"]),
        ("part.csv", ["run", "top.cir", "--out"]),
        ("start.tour", ["solve", "tsp", "x.tsp", "--start", "start.tour", "--starts", "1", "--out"]),
        ("letters.txt", ["memory", "recall", "letters.txt", "--out"]),
        ("cues.npy", ["memory", "recall", "letters.txt", "--cues", "cues.npy", "--out"]),
        ("w.npz", ["memory", "recall", "letters.txt", "--load-weights", "w.npz", "--save-weights"]),
        ("settings.csv", ["memory", "compare", "letters.txt", "--config", "settings.csv", "--out"]),
    ],
)
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_no_input_is_overwritten_whatever_its_name(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Path], Path],
    source: str,
    line: list[str],
    force: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deck.csv").write_text(RC)
    Path("part.csv").write_text(RC.partition("\n")[2].replace("1k", "{r}"))
    Path("top.cir").write_text("t\n.param r=1k\n.include part.csv\n")
    Path("settings.csv").write_text("gain = 20\n")
    shutil.copy(DATA / "burma14.tsp", "x.tsp")
    shutil.copy(DATA / "burma14.opt.tour", "start.tour")
    shutil.copy(LETTERS, "letters.txt")
    if source in ("w.npz", "cues.npy"):
        option = "--save-weights" if source == "w.npz" else "--out"
        assert command("memory", "recall", "letters.txt", option, source, "--force").code in (0, 4)
    target = way(tmp_path / source)
    before = Path(source).read_bytes()
    answer = command(*line, str(target), *force)
    assert answer.code == 2, answer
    assert "is a file that this command reads: it is not overwritten" in answer.err
    assert Path(source).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("x-r=2k.csv", ["--sweep", "r=1k,2k", "--out", "x.csv"]),
        ("x.png", ["--plot", "x.png"]),
        ("x.npz", ["--starts", "2", "--out", "x.npz"]),
    ],
)
def test_no_included_file_is_overwritten_by_any_result(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(RC.partition("\n")[2].replace("1k", "{r}"))
    Path("top.cir").write_text(f"t\n.param r=1k\n.include {name}\n")
    before = Path(name).read_bytes()
    answer = command("run", "top.cir", *line, "--force")
    assert (answer.code, answer.out) == (2, "")
    assert f"{name} is a file that this command reads" in answer.err
    assert Path(name).read_bytes() == before


def test_a_best_known_solution_beside_an_instance_is_kept_unless_it_is_ours(
    command: Command, tmp_path: Path
) -> None:
    for name in ("nug12.dat", "nug12.sln"):
        shutil.copy(DATA / name, tmp_path / name)
    place = tmp_path / "nug12.sln"
    line = ["solve", "qap", tmp_path / "nug12.dat", "--set", "steps=20", *QUICK, "--out"]
    for force in ([], ["--force"]):
        answer = command(*line, place, *force)
        assert answer.code == 2
        assert "is a file that this command reads" in answer.err
    (tmp_path / "again.dat").write_text("3\n0 1 2\n1 0 3\n2 3 0\n0 1 1\n1 0 1\n1 1 0\n")
    own = ["solve", "qap", tmp_path / "again.dat", *QUICK, "--out", tmp_path / "again.sln"]
    assert [command(*own).code for _ in range(3)] == [0, 0, 0]
    named = command(*line, tmp_path / "own.sln", "--start", place)
    assert named.code in (0, 4)
    assert place.read_bytes() == (DATA / "nug12.sln").read_bytes()


def test_two_results_do_not_share_a_file(command: Command, tmp_path: Path) -> None:
    place = tmp_path / "x.png"
    answer = command("memory", "recall", LETTERS, "--pattern", 1, "--out", place, "--plot", place)
    assert answer.code == 2
    assert "the place of two files" in answer.err
    assert not place.exists()


def test_every_file_of_a_sweep_and_every_image_is_looked_at_before_the_work(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x-gain=5.csv").write_text("mine")
    answer = command("run", FLIPFLOP, "--sweep", "gain=2,5", "--out", tmp_path / "x.csv")
    assert (answer.code, answer.out) == (2, "")
    assert sorted(os.listdir(tmp_path)) == ["x-gain=5.csv"]
    (tmp_path / "r-3.png").write_text("mine")
    answer = command("memory", "recall", LETTERS, "--pattern", "1,2,3", "--out", tmp_path / "r.png")
    assert (answer.code, answer.out) == (2, "")
    assert "r-3.png exists" in answer.err


def test_a_library_keeps_what_it_read_free_to_be_written(tmp_path: Path) -> None:
    from analoghop.formats.files import write_text
    from analoghop.formats.intake import noting_files, read_bytes

    place = tmp_path / "x.txt"
    write_text(place, "old")
    assert read_bytes(place) == b"old"
    write_text(place, "new")
    with noting_files():
        assert read_bytes(place) == b"new"
        with pytest.raises(ValueError, match="it has been read"):
            write_text(place, "newest")
    write_text(place, "newest")
    assert place.read_text() == "newest"
