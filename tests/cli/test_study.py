"""`analoghop study`: its report, JSON, files, pictures, and what is refused."""

import numpy as np
import pytest

from analoghop.formats.memories.columns import read_columns
from tests.cli.conftest import ABOUT, FLIPFLOP


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "two.npy"
    np.save(path, np.array([[1.0, 0.2], [0.2, 1.0]]))
    return path


KEYS = {"study", "message", "arrays", "units", "facts", "record", "seed", "cpu_s", "wall_s"} | ABOUT


def test_equilibria_of_a_deck_and_of_a_matrix(command, two):
    answer = command("study", "equilibria", FLIPFLOP, "--starts", 16, "--json")
    assert answer.code == 0
    assert set(answer.value) == KEYS
    assert len(answer.value["arrays"]["states"]) == 3
    assert answer.value["facts"][0]["holds"] is True
    text = command("study", "equilibria", two, "--gain", "1.6", "--starts", 64).out
    assert text.startswith("9 equilibria, 4 stable; the indices sum to 1")


def test_continuation_writes_its_columns_and_its_picture(command, two, tmp_path):
    out, plot = tmp_path / "c.csv", tmp_path / "c.png"
    words = ["study", "continuation", two, "gain", "0.5", "1.1", "--out", out, "--plot", plot]
    answer = command(*words)
    assert answer.code == 0
    assert "pitchfork at 0.833333333 (branch 1)" in answer.out
    columns = read_columns(out)
    assert {"branch", "value", "states_1", "states_2", "outputs_1", "growth", "unstable"} <= set(
        columns.names
    )
    assert columns.record["units"]["growth"] == "1/s"
    assert plot.stat().st_size > 5000
    assert command(*words).code == 0  # what analoghop has written may be written again
    archive = tmp_path / "c.npz"
    assert command(*words[:6], "--out", archive).code == 0
    assert np.load(archive)["point_value"] == pytest.approx([1 / 1.2], abs=1e-9)


def test_a_study_that_is_cut_short_says_so(command, tmp_path):
    T = np.random.default_rng(0).normal(size=(40, 40))
    np.save(tmp_path / "many.npy", T + T.T)
    words = "study", "continuation", tmp_path / "many.npy", "gain", 0.01, 1, "--time-limit", 0.5, "--json"
    answer = command(*words)
    assert answer.code == 4
    assert "time limit: the study is not complete" in answer.err
    assert answer.value["arrays"]["value"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("equilibria", "nowhere.npy"), 3, "cannot be read: No such file"),
        (("equilibria", FLIPFLOP, "--gain", "2"), 2, "a deck has its own gains"),
        (("continuation", FLIPFLOP, "gian", "1", "2"), 3, "no parameter and no element `gian`"),
        (("continuation", FLIPFLOP, "gain", "2", "1"), 3, "expected the lower one first"),
        (("continuation", FLIPFLOP, "gain", "x", "1"), 2, "no number"),
        (("equilibria", FLIPFLOP, "--out", "a.txt"), 3, ".npz or .csv"),
        (("nonsense", FLIPFLOP), 2, "is unknown, expected"),
    ],
)
def test_wrong_words_are_answered_in_one_sentence(command, words, code, told):
    answer = command("study", *words)
    assert answer.code == code
    assert told in answer.err
    assert answer.err.count("\n") == 1


def test_a_broken_matrix_is_answered_with_its_name(command, tmp_path):
    path = tmp_path / "bad.npy"
    path.write_bytes(b"not a matrix")
    assert command("study", "equilibria", path).code == 3
    np.save(path, np.ones((2, 3)))
    assert "expected a square matrix" in command("study", "equilibria", path).err
    np.savez(tmp_path / "x.npz", A=np.eye(2))
    assert 'expected an array "T" or "W"' in command("study", "equilibria", tmp_path / "x.npz").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("gain", "0.5", "2", "--points", "3"), "critical gain 0.833333333; 3 gains"),
        (("landscape", "--gain", "1.8"), "4 minima, 4 saddles of index 1"),
        (("basins", "--gain", "1.8", "--resolution", "5"), "4 attractors from a plane"),
        (("surface", "--gain", "1.8", "--resolution", "9"), "9 equilibria, 4 stable"),
    ],
)
def test_studies_of_the_landscape_report(command, two, words, told):
    answer = command("study", words[0], two, *words[1:])
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(told)


def test_three_minima_are_needed_for_a_plane(command, two):
    assert command("study", "basins", two, "--minima", "1,2").code == 2
    assert "the circuit has 1 stable states" in command("study", "basins", two, "--gain", "0.5").err


def test_delays_and_poles_report_their_thresholds(command, tmp_path):
    np.save(tmp_path / "one.npy", np.array([[-1.0]]))
    words = tmp_path / "one.npy", "--gain", "3"
    answer = command(
        "study", "delay", *words, "0.5", "0.8", "--points", 2, "--starts", 1, "--tstop", 30, "--json"
    )
    assert answer.value["arrays"]["swinging"] == [0.0, 1.0]
    assert answer.value["facts"][0]["expected"] == pytest.approx(0.67551, abs=1e-5)
    answer = command("study", "poles", tmp_path / "one.npy", 2, 0.3, "--plot", tmp_path / "p.png")
    assert "begins to swing at gain 11.2666667" in answer.out
    assert ": holds" in answer.out
    assert command("study", "delay", *words, "0.8", "0.5").code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("asymmetry", "--amplifiers", 8, "--angles", "0,60", "--draws", 2, "--tstop", 30), "8 amplifiers"),
        (("chaos", "--amplifiers", 12, "--strengths", "0.5", "--duration", 20), "12 amplifiers, 1 strengths"),
        (("lyapunov", FLIPFLOP, "--duration", "10m"), "largest Lyapunov exponent"),
        (
            ("faults", "--neurons", 12, "--patterns", 2, "--fractions", "0,0.3", "--draws", 2),
            "2 patterns in 12",
        ),
    ],
)
def test_studies_of_disorder_and_learning_report(command, words, told):
    answer = command("study", *words)
    assert (answer.code, answer.err) == (0, "")
    assert told in answer.out


def test_studies_of_noise_report(command, two, tmp_path):
    noisy = "--noise", "1m"
    assert "largest mode" in command("study", "noise", two, "--gain", 0.5, *noisy, "--members", 50).out
    np.save(tmp_path / "one.npy", np.array([[1.0]]))
    words = tmp_path / "one.npy", "--gain", 2, "--noise", 0.6, "--members", 20, "--tstop", 50
    assert "circuits escaped" in command("study", "escape", *words).out
    few = "--chains", 20, "--steps", 20
    assert "agree with the law" in command("study", "sampler", two, "--gain", 0.5, *noisy, *few).out
    boltzmann = "--law", "boltzmann", "--temperature", 2, "--chains", 40
    assert "agree with the law" in command("study", "sampler", two, *boltzmann).out
    assert "there is no noise" in command("study", "noise", two).err
    assert command("study", "escape", two, "--gain", 0.5, *noisy).code == 3


def test_memories_are_compared_in_one_table(command, tmp_path):
    path = tmp_path / "two.txt"
    path.write_text("2 4 2\n\n****\n....\n\n*.*.\n*.*.\n")
    answer = command("study", "memories", path, "--cues", 5, "--flipped", "0.1", "--out", tmp_path / "m.npz")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("2 patterns of 8 bits")
    assert np.load(tmp_path / "m.npz")["correct"].shape == (6, 2)


def test_a_cut_costs_time_and_energy(command, tmp_path):
    path = tmp_path / "square.rud"
    path.write_text("4 4\n1 2 1\n2 3 1\n3 4 1\n1 4 1\n")
    answer = command("study", "joules", path, "--starts", 10, "--duration", 20, "--plot", tmp_path / "j.png")
    assert (answer.code, answer.err) == (0, "")
    assert "reach a cut of 4" in answer.out
    scan = "--vary", "noise", "--values", "0,0.1", "--starts", 10
    value = command("study", "joules", path, *scan, "--json").value
    assert value["arrays"]["value"] == [0.0, 0.1]
    assert command("study", "joules", path, "--vary", "noise").code == 2
    assert "`tolerance` is 2" in command("study", "joules", path, "--tolerance", 2).err
