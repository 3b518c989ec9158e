"""What is installed, and what ships."""

import subprocess
import sys
from pathlib import Path

import pytest

from analoghop.cli.setup import doctor, kernels, shipped
from analoghop.errors import InputError

from .conftest import Command

ROOT = Path(__file__).parents[2]


def test_doctor_names_every_part_and_what_to_do(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = command("doctor", "--json")
    assert answer.code == 0
    parts = answer.value["parts"]
    assert {"analoghop", "python", "numpy", "scipy", "numba", "torch", "ngspice", "processors"} <= set(parts)
    assert answer.value["missing"] == []
    assert answer.value["compiled_s"] == {}
    monkeypatch.setattr(doctor, "_version", lambda name: None if name in ("numba", "torch") else "1.0")
    monkeypatch.setenv("PATH", "")
    told = command("doctor")
    assert told.code == 0
    assert "pip install 'analoghop[fast]'" in told.out
    assert "pip install 'analoghop[gpu]'" in told.out
    assert "apt-get install ngspice" in told.out


def test_doctor_fails_where_something_is_missing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "scipy" else "1.0")
    answer = command("doctor", "--json")
    assert answer.code == 1
    assert answer.value["missing"] == ["scipy"]
    assert answer.value["advice"]["scipy"] == "pip install scipy"


def test_doctor_compiles_every_kind_once(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    done: list[str] = []
    work = {name: (lambda name=name: done.append(name)) for name in kernels.WORK}  # type: ignore[misc]
    monkeypatch.setattr(kernels, "WORK", work)
    answer = command("doctor", "--compile", "--json", "--quiet")
    assert sorted(done) == sorted(answer.value["compiled_s"]) == sorted(kernels.WORK)
    assert sorted(doctor._KINDS.values()) == sorted(kernels.WORK)


def test_doctor_loads_nothing_that_it_only_looks_for() -> None:
    code = (
        "import sys; from analoghop.cli import main; main(['doctor', '--quiet', '--json']);"
        "assert not {'numpy', 'scipy', 'numba', 'matplotlib'} & set(sys.modules), 'loaded'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_examples_are_listed_with_a_line_each(command: Command) -> None:
    files = command("examples", "--json").value["files"]
    names = [file["name"] for file in files]
    assert "circuits/flipflop.cir" in names
    assert "examples/tsp.py" in names
    assert "examples/instances/berlin52.tsp" in names
    assert "circuits/adc4.toml" in names
    assert all(file["about"] or file["name"].endswith(".md") for file in files)
    assert {path.name for path in (ROOT / "circuits").glob("*.cir")} <= {Path(n).name for n in names}
    assert "berlin52" in command("examples", "list", "tsplib", "berlin52").out
    refused = command("examples", "list", "no such thing")
    assert (refused.code, "no example mentions no such thing" in refused.err) == (2, True)


def test_an_example_is_shown_as_it_is(command: Command) -> None:
    text = (ROOT / "circuits" / "flipflop.cir").read_text()
    assert command("examples", "show", "flipflop.cir").out == text
    assert command("examples", "show", "circuits/flipflop.cir").out == text
    refused = command("examples", "show", "flipflp.cir")
    assert refused.code == 3
    assert "there is no example 'flipflp.cir'; did you mean 'flipflop.cir'?" in refused.err
    assert command("examples", "show").code == 2


def test_examples_are_copied_with_their_folders_and_overwrite_nothing_else(
    command: Command, tmp_path: Path
) -> None:
    assert command("examples", "copy", "--to", tmp_path).code == 0
    for file in shipped.shipped():
        assert (tmp_path / file.name).read_bytes() == file.place.read_bytes()
    assert command("run", tmp_path / "circuits" / "letters.cir", "--quiet").code == 0
    assert command("examples", "copy", "--to", tmp_path).code == 0
    changed = tmp_path / "circuits" / "flipflop.cir"
    changed.write_text("mine")
    refused = command("examples", "copy", "flipflop.cir", "--to", tmp_path)
    assert refused.code == 2
    assert f"{changed} exists and differs from the example: `--force` overwrites it" in refused.err
    assert changed.read_text() == "mine"
    assert command("examples", "copy", "flipflop.cir", "--to", tmp_path, "--force").code == 0
    assert changed.read_text() != "mine"
    assert command("examples", "copy", "--to", tmp_path / "nowhere").code == 3


def test_what_a_deck_includes_is_copied_with_it(command: Command, tmp_path: Path) -> None:
    with_library = next(
        file
        for file in shipped.shipped()
        if file.name.endswith(".cir") and ".include" in file.place.read_text()
    )
    command("examples", "copy", Path(with_library.name).name, "--to", tmp_path)
    assert (tmp_path / "circuits" / "amplifiers.lib").is_file()


def test_an_installation_without_examples_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "analoghop")
    shipped.root.cache_clear()
    try:
        with pytest.raises(InputError, match="this installation has no examples"):
            shipped.root()
    finally:
        shipped.root.cache_clear()
