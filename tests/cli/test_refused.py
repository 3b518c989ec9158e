"""What cannot be done is refused in one sentence that names it, at once, with the code that is documented."""

import sys
from pathlib import Path

import numpy as np
import pytest

from analoghop import InputError, Memory
from analoghop.cli import main
from analoghop.study.continuation.equations import Equations
from analoghop.study.continuation.paths import path_of
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
FLIPFLOP = ROOT / "circuits" / "flipflop.cir"
HT10 = ROOT / "examples" / "instances" / "ht10.csv"
FORMULA = ROOT / "examples" / "instances" / "uf20-01.cnf"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("runn", FLIPFLOP), 2, "'runn' is unknown, expected run, compare"),
        (("study", "gainn"), 2, "did you mean 'gain'?"),
        (
            ("run", FLIPFLOP, "--engine", "sipy"),
            2,
            "expected auto, scipy, ensemble, fused; did you mean 'scipy'?",
        ),
        (("run", FLIPFLOP, "--starts", "99999999999999999999"), 3, "expected at most 4294967296 starts"),
        (("run", FLIPFLOP, "--include-dir", "nowhere"), 3, "`--include-dir` is 'nowhere', expected a folder"),
        (("run", FLIPFLOP, "--log", ROOT), 3, f"cannot write the log {ROOT}: it is a folder"),
        (("run", "nowhere.cir"), 3, "nowhere.cir cannot be read: No such file or directory"),
        (("run", ROOT / "circuits"), 3, "circuits cannot be read: it is a folder"),
        (("compare", FLIPFLOP, "--tstop", "-1"), 3, "the end of a run is -1 s, expected a positive time"),
        (("dc", FLIPFLOP, "--sweep", "gain=1:2:-1"), 2, "a step of -1 does not lead from 1 to 2"),
        (
            ("ac", FLIPFLOP, "--frequencies", "dec:100000:1:10"),
            2,
            "has 100000 points, expected 10000 at most",
        ),
        (("solve", "tsp", "nowhere.tsp"), 3, "analoghop: nowhere.tsp: cannot be read: No such file"),
        (("encode", "sat", FORMULA, "-o", "sat.cir"), 3, "there are no parts for a ClauseCircuit"),
        (("memory", "recall", "--random", "1000000000,3"), 3, "are too many, expected"),
        (("examples", "copy", "flipflop.cir", "--to", HT10), 3, "it is no folder"),
        (("examples", "copy", "flipflop.cir", "--to", "/proc"), 3, "cannot make the folder /proc/circuits"),
        (("bench", FLIPFLOP, "--export", "x.html", "--ticks", "1000000000"), 2, "a number from 1 to 100000"),
    ],
    ids=lambda value: None,
)
def test_it_is_refused_in_one_sentence(
    words: tuple[object, ...],
    code: int,
    told: str,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = command(*words)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert answer.err.count("\n") == 1
    assert "internal failure" not in answer.err
    assert list(tmp_path.iterdir()) == []


def test_branches_have_the_outputs_of_amplifiers_that_vanish_at_a_gain_of_zero() -> None:
    equations = Equations(path_of(FLIPFLOP, "gain"), 0.0, 0.5)
    here = [equations.outputs(equations.place(np.array([0.1, 0.2]), value)) for value in (0.0, 0.5)]
    assert equations.output_names == ("v(v1)", "v(v2)")
    np.testing.assert_allclose(here, [[0.0, 0.0], np.tanh([0.05, 0.1])])


def test_an_infinite_gain_warns_of_nothing(command: Command) -> None:
    letters = ROOT / "examples" / "patterns" / "letters.txt"
    answer = command("memory", "recall", letters, "--gain", "1e300", "--pattern", "1")
    assert "Warning" not in answer.err


def test_a_cluster_that_is_not_there_is_named_within_the_limit(command: Command, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    deck, study = tmp_path / "rc.cir", tmp_path / "one.toml"
    deck.write_text("rc\nr1 a 0 1k\nc1 a 0 1u ic=1\n.tran 1u 1m uic\n.end\n")
    study.write_text('model = { deck = "rc.cir" }\n[vary]\nr1 = [1e3]\n[record]\nmetrics = ["v(a)"]\n')
    answer = command("sweep", "run", study, "--dask", "tcp://127.0.0.1:1", "--time-limit", "1")
    assert (answer.code, "no scheduler of Dask answers at tcp://127.0.0.1:1" in answer.err) == (3, True)


def test_the_film_of_a_session_ends_with_the_time_limit(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    answer = command(
        "bench", FLIPFLOP, "--export", page, "--ticks", "100000", "--time-limit", "0.5", "--json"
    )
    assert answer.code == 4
    assert 0 < answer.value["ticks"] < 100_000
    assert page.stat().st_size > 10_000


def test_memories_of_any_size_are_counted_before_they_are_drawn() -> None:
    with pytest.raises(InputError, match="are too many"):
        Memory.random(10**12, 10, 0)


def test_a_closed_output_is_one_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert main(["show", str(FLIPFLOP)]) == 0
    for stream in (sys.stdout, sys.stderr):
        stream.close()
