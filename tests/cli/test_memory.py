"""`analoghop memory`: recall, comparison, studies, files and exit codes."""

from pathlib import Path

import numpy as np
import pytest

from analoghop.formats.memories.patterns import Patterns, read_patterns, write_patterns
from analoghop.formats.memories.weights import read_weights
from analoghop.memory.patterns import Memory

from .conftest import Command

EXAMPLES = Path(__file__).parents[2] / "examples" / "patterns"
KEYS = [
    "patterns",
    "neurons",
    "rule",
    "model",
    "load",
    "seed",
    "cues",
    "correct_rate",
    "notes",
    "cpu_s",
    "wall_s",
    "engine",
    "interrupted",
    "version",
    "command",
]
CUE = ["pattern", "noise", "settled", "correct", "overlap", "hamming", "state"]


def test_every_pattern_is_cued_once_at_ten_percent(command: Command, patterns: Path) -> None:
    answer = command("memory", "recall", patterns, "--json")
    assert answer.code == 0, answer.err
    assert answer.err == ""
    value = answer.value
    assert list(value) == KEYS
    assert (value["patterns"], value["neurons"], value["rule"], value["model"]) == (
        3,
        60,
        "hebbian",
        "continuous",
    )
    assert value["load"] == 0.05
    assert value["seed"] == 0
    assert [list(cue) for cue in value["cues"]] == [[*CUE, "t_settle"]] * 3
    assert [cue["pattern"] for cue in value["cues"]] == [1, 2, 3]
    assert {cue["noise"] for cue in value["cues"]} == {0.1}
    assert {cue["state"] for cue in value["cues"]} == {"pattern"}
    assert value["correct_rate"] == 1.0
    assert value["notes"] == []


@pytest.mark.parametrize("model", ["binary", "stochastic"])
@pytest.mark.parametrize("update", ["async", "sync"])
def test_the_discrete_models_count_steps(command: Command, patterns: Path, model: str, update: str) -> None:
    words = ("memory", "recall", patterns, "--model", model, "--update", update, "--json")
    value = command(*words).value
    assert value["model"] == model
    assert [list(cue) for cue in value["cues"]] == [[*CUE, "steps"]] * 3
    assert value["correct_rate"] == 1.0


@pytest.mark.parametrize(
    "words",
    [
        ("--rule", "pseudo-inverse"),
        ("--rule", "modern", "--beta", "0.5"),
        ("--rule", "modern", "--layers", "2"),
        ("--rule", "polynomial", "--degree", "4"),
        ("--amplifier", "morita"),
        ("--units", "binary"),
        ("--erase", "30"),
        ("--blur", "0.5"),
        ("--model", "stochastic", "--temperature", "0.4:0", "--sweeps", "60"),
        ("--set", "rule=storkey", "--set", "gain=5"),
    ],
    ids=" ".join,
)
def test_ways_to_recall(command: Command, patterns: Path, words: tuple[str, ...]) -> None:
    answer = command("memory", "recall", patterns, "--json", *words)
    assert answer.code == 0, answer.err
    assert answer.value["correct_rate"] == 1.0


def test_a_wrong_recall_is_exit_code_4(command: Command, patterns: Path) -> None:
    answer = command("memory", "recall", patterns, "--noise", "90", "--pattern", "2,1", "--json")
    assert answer.code == 4
    assert "2 of 2 cues not recalled correctly" in answer.err
    value = answer.value
    assert [cue["pattern"] for cue in value["cues"]] == [2, 1]
    assert [cue["state"] for cue in value["cues"]] == ["inverse", "inverse"]
    assert all(cue["settled"] and not cue["correct"] for cue in value["cues"])
    assert value["correct_rate"] == 0.0
    assert any("more than 50 %" in note for note in value["notes"])


def test_a_cue_that_is_not_recognised_says_so(command: Command) -> None:
    answer = command(
        *("memory", "recall", "--random", "24,18", "--amplifier", "morita", "--pattern", "1", "--noise", "30")
    )
    assert answer.code == 4
    assert "did not settle: the cue was not recognised" in answer.out


def test_spurious_states_are_named(command: Command) -> None:
    answer = command("memory", "recall", EXAMPLES / "digits.txt")
    assert answer.code == 4
    assert "wrong: a mixture of patterns" in answer.out
    assert "resemble each other" in answer.out
    answer = command(
        "memory", "recall", EXAMPLES / "digits.txt", "--rule", "pseudo-inverse", "--noise", "20%"
    )
    assert answer.code == 0
    assert "10 of 10 cues correct" in answer.out


def test_letters_are_recalled(command: Command) -> None:
    answer = command(
        "memory", "recall", EXAMPLES / "letters.txt", "--rule", "modern", "--noise", "15", "--json"
    )
    assert answer.code == 0
    assert len(answer.value["cues"]) == 26


def test_cues_of_ones_own(command: Command, patterns: Path, tmp_path: Path) -> None:
    cues = tmp_path / "cues.txt"
    memory = Memory.read(patterns)
    values = memory.patterns[[2, 0]].copy()
    values[:, :6] = 0.0
    write_patterns(cues, Patterns(values, (6, 10)))
    value = command("memory", "recall", patterns, "--cues", cues, "--json").value
    assert [cue["pattern"] for cue in value["cues"]] == [3, 1]
    assert value["correct_rate"] == 1.0
    answer = command("memory", "recall", patterns, "--cues", cues, "--pattern", "1,1", "--json")
    assert answer.code == 4
    assert [cue["state"] for cue in answer.value["cues"]] == ["pattern", "pattern"]
    assert [cue["correct"] for cue in answer.value["cues"]] == [False, True]
    write_patterns(cues, Patterns(values[:, :12], (2, 6)))
    answer = command("memory", "recall", patterns, "--cues", cues)
    assert answer.code == 3
    assert "cues of 12 bits for patterns of 60 bits" in answer.err


def test_weights_go_out_and_come_in(command: Command, patterns: Path, tmp_path: Path) -> None:
    file = tmp_path / "w.npz"
    first = command("memory", "recall", patterns, "--rule", "storkey", "--save-weights", file, "--json").value
    stored = read_weights(file)
    assert stored.record["rule"] == "storkey"
    assert stored.record["version"]
    assert "--save-weights" in str(stored.record["command"])
    second = command("memory", "recall", patterns, "--load-weights", file, "--json").value
    assert second["rule"] == "storkey"
    assert [c["overlap"] for c in second["cues"]] == [c["overlap"] for c in first["cues"]]
    assert command("memory", "recall", patterns, "--load-weights", file, "--rule", "storkey").code == 2
    assert command("memory", "recall", patterns, "--save-weights", file, "--rule", "modern").code == 2
    assert command("memory", "recall", "--random", "50,3", "--load-weights", file).code == 3


@pytest.mark.parametrize("name", ["out.txt", "out.npy", "one.png"])
def test_what_was_recalled_is_written(command: Command, patterns: Path, tmp_path: Path, name: str) -> None:
    chosen = ("--pattern", "2") if name == "one.png" else ()
    assert command("memory", "recall", patterns, "--out", tmp_path / name, *chosen).code == 0
    found = read_patterns(tmp_path / name)
    memory = Memory.read(patterns)
    np.testing.assert_array_equal(found.values, memory.patterns[[1]] if chosen else memory.patterns)
    assert found.shape == (6, 10)


def test_several_patterns_become_an_image_each(command: Command, patterns: Path, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    assert command("memory", "recall", patterns, "--out", folder / "a.png").code == 0
    assert sorted(image.name for image in folder.iterdir()) == ["a-1.png", "a-2.png", "a-3.png"]
    np.testing.assert_array_equal(read_patterns(folder).values, Memory.read(patterns).patterns)


@pytest.mark.parametrize("rule", ["hetero", "bidirectional", "pseudo-inverse"])
def test_keys_call_their_answers(command: Command, patterns: Path, tmp_path: Path, rule: str) -> None:
    answers, out = tmp_path / "answers.txt", tmp_path / "out.npy"
    known = Memory.random(30, 3, 5)
    write_patterns(answers, known.as_file())
    words = ("memory", "recall", patterns, "--answers", answers, "--rule", rule, "--noise", "5")
    answer = command(*words, "--json", "--out", out, "--save-weights", tmp_path / "w.npz")
    assert answer.code == 0, answer.err
    assert (answer.value["rule"], answer.value["neurons"]) == (rule, 90)
    assert [cue["noise"] for cue in answer.value["cues"]] == [0.05] * 3
    np.testing.assert_array_equal(read_patterns(out).values[:, 60:], known.patterns)
    again = command(*words[:5], "--load-weights", tmp_path / "w.npz", "--cues", patterns, "--json")
    assert (again.code, again.value["rule"]) == (0, rule)
    assert command(*words[:5], "--json").value["rule"] == "hetero"


def test_answers_are_one_for_each_key(command: Command, patterns: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    write_patterns(answers, Memory.random(30, 2, 5).as_file())
    answer = command("memory", "recall", patterns, "--answers", answers)
    assert (answer.code, answer.err) == (
        3,
        "analoghop: there are 3 keys and 2 answers, expected equal numbers\n",
    )
    answer = command("memory", "recall", patterns, "--rule", "hetero")
    assert answer.code == 2
    assert "`--rule hetero` needs `--answers FILE`" in answer.err


def test_what_was_not_finished_in_time_is_not_drawn(command: Command, tmp_path: Path) -> None:
    words = ("--random", "400,110", "--amplifier", "morita", "--time-limit", "1u", "--json")
    answer = command("memory", "recall", *words, "--plot", tmp_path / "r.png", "--out", tmp_path / "r.npy")
    assert answer.code == 4
    assert answer.value["cues"] == []
    assert answer.value["correct_rate"] is None
    assert "nothing to write or draw" in answer.err
    assert not list(tmp_path.iterdir())
    answer = command("memory", "compare", *words, "--plot", tmp_path / "c.png")
    assert answer.code == 0
    assert "only 1 of 3 models were run" in answer.err
    assert (tmp_path / "c.png").exists()


def test_the_seed_decides(command: Command, patterns: Path) -> None:
    words = ("memory", "recall", patterns, "--noise", "30", "--json")
    first, second, other = (command(*words, "--seed", s).value["cues"] for s in (1, 1, 2))
    assert first == second
    assert first != other


def test_a_file_of_options_gives_way_to_the_command_line(
    command: Command, patterns: Path, tmp_path: Path
) -> None:
    config = tmp_path / "memory.toml"
    config.write_text(
        'patterns = "three.txt"\nrule = "storkey"\nseed = 7\nsave_weights = "w.npz"\n'
        "[recall]\nnoise = 20\npattern = [1, 3]\n[capacity]\ntrials = 4\npoints = 2\n"
    )
    value = command("memory", "recall", "--config", config, "--json").value
    assert (value["rule"], value["seed"]) == ("storkey", 7)
    assert [(cue["pattern"], cue["noise"]) for cue in value["cues"]] == [(1, 0.2), (3, 0.2)]
    assert (tmp_path / "w.npz").exists()
    words = ("--rule", "hebbian", "--erase", "10", "--seed", "1")
    value = command("memory", "recall", "--config", config, "--json", *words).value
    assert (value["rule"], value["seed"]) == ("hebbian", 1)
    assert [cue["noise"] for cue in value["cues"]] == [0.1, 0.1]
    value = command("memory", "capacity", "--config", config, "--json").value
    assert value["columns"]["count"] == [2, 3]
    assert value["columns"]["trials"] == [4, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule = ", "is no TOML file"),
        ("a = 1\nrule = [\n", "is no TOML file"),
        ("wrong = 1", "has no option `wrong`"),
        ("noise = 200", "no percentage from 0 to 100"),
        ("noise = true", "`noise` is a bool"),
        ("noise = 10\nerase = 10", "two ways to make cues"),
        ("[recal]\nnoise = 10", "'recal' is no table of an action"),
        ("recall = 3", "'recall' is no table"),
        ("model = 'analog'", "`model`: 'analog', expected one of continuous"),
    ],
)
def test_bad_files_of_options(
    command: Command, patterns: Path, tmp_path: Path, text: str, message: str
) -> None:
    config = tmp_path / "memory.toml"
    config.write_text(text)
    answer = command("memory", "recall", patterns, "--config", config)
    assert answer.code == 3
    assert message in answer.err
    assert f"{config}:" in answer.err
    assert command("memory", "recall", patterns, "--config", tmp_path / "none.toml").code == 3


def test_a_bad_option_of_a_file_is_named_with_its_line(
    command: Command, patterns: Path, tmp_path: Path
) -> None:
    config = tmp_path / "memory.toml"
    config.write_text("# a memory\ngain = 'high'\n")
    answer = command("memory", "recall", patterns, "--config", config)
    assert answer.err.startswith(f"analoghop: {config}:2:1: `gain`: 'high' is no number")


def test_what_cannot_be_learnt_is_exit_code_4(command: Command) -> None:
    answer = command("memory", "recall", "--random", "10,40", "--rule", "perceptron")
    assert answer.code == 4
    assert "store fewer patterns, or lower the margin" in answer.err


def test_malformed_patterns_give_one_error_with_their_line(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("2 3 1\n*.*\n*x*\n")
    answer = command("memory", "recall", path, "--json")
    assert answer.code == 3
    assert answer.out == ""
    assert answer.err.startswith(f"analoghop: {path}:3:2: 'x' stands for no bit")


def test_what_has_finished_within_the_time_is_reported(command: Command) -> None:
    words = ("--random", "200,100", "--amplifier", "morita", "--noise", "30", "--time-limit", "0.2")
    answer = command("memory", "recall", *words, "--json")
    assert answer.code == 4
    assert len(answer.value["cues"]) < 100
    assert "not finished in time" in " ".join(answer.value["notes"])
    columns = command("memory", "capacity", "--random", "200,100", "--time-limit", "0.01", "--json").value
    assert len(columns["columns"]["load"]) == 1


def test_pictures_show_the_cues(command: Command, patterns: Path, tmp_path: Path) -> None:
    assert command("memory", "recall", patterns, "--plot", tmp_path / "r.png").code == 0
    assert (tmp_path / "r.png").stat().st_size > 5000


def test_grey_images_are_patterns_above_a_threshold(command: Command, tmp_path: Path) -> None:
    grey = tmp_path / "grey.npy"
    np.save(grey, np.random.default_rng(3).integers(0, 256, (6, 8, 8), dtype=np.uint8))
    told = command("memory", "recall", grey, "--threshold", "127.5", "--take", "2", "--json").value
    assert (told["patterns"], told["neurons"], told["correct_rate"]) == (2, 64, 1.0)
    assert "a threshold (`--threshold`)" in command("memory", "recall", grey).err
    refused = command("memory", "recall", "--random", "9,1", "--take", "1")
    assert (refused.code, "is for a file of patterns" in refused.err) == (2, True)
