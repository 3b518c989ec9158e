"""The JSON values of all verbs: their schemas describe every key, and no key that is never printed."""

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from analoghop.cli import parser_of_all
from analoghop.cli.setup import documentation
from analoghop.errors import InputError
from analoghop.experiments import Stored
from analoghop.schemas import commands, schema

from .conftest import DECKS, Command
from .documented import check_documented, validator_of, words_of


def actions() -> Iterator[tuple[str, str]]:
    """The verbs with their actions, as the parser has them."""
    verbs = next(action.choices for action in parser_of_all()._actions if isinstance(action.choices, dict))
    for name, parser in verbs.items():
        inner = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
        yield from ((name, action) for action in inner[0]) if inner else [(name, "")]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """All objects inside a value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_every_verb_and_action_has_a_schema_and_no_other() -> None:
    found = {(verb, action if (verb, action) in commands() else "") for verb, action in actions()}
    assert found == set(commands())
    with pytest.raises(InputError, match="no schema of 'memory nonsense'"):
        schema("memory", "nonsense")


@pytest.mark.parametrize("words", commands(), ids=lambda words: "-".join(filter(None, words)))
def test_a_schema_is_one_and_says_what_every_key_means(words: tuple[str, str]) -> None:
    whole = schema(*words)
    Draft202012Validator.check_schema(whole)
    assert whole["title"] == f"analoghop {' '.join(filter(None, words))} --json"
    for part in parts(whole):
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in whole["$defs"]
        if isinstance(part.get("properties"), dict) and "type" in part:
            assert set(part["required"]) <= set(part["properties"])
            for name, key in part["properties"].items():
                target = whole["$defs"][key["$ref"].removeprefix("#/$defs/")] if "$ref" in key else {}
                told = key.get("description", target.get("description", ""))
                assert told.endswith("."), name
                assert key.keys() & {"type", "enum", "const", "anyOf", "$ref"}, name


def test_the_option_prints_it(command: Command) -> None:
    for words in (["run"], ["solve"], ["memory", "capacity"], ["study", "equilibria"]):
        answer = command(*words, "--schema")
        assert answer.code == 0
        assert json.loads(answer.out) == schema(*words)


STUDY = """
model = { deck = "rc.cir" }
[vary]
tolerance = [0.05, 0.1]
[tolerance]
elements = ["r1", "c1"]
tolerance = 0.1
[draws]
parts = 8
[record]
metrics = ["half", "status"]
"""

SMALL_SIGNALS = """Low pass
V1 in 0 DC 1 AC 1
R1 in a 1k
C1 a 0 100n
.dc V1 0 1 0.5
.ac dec 1 1 1k
.noise v(a) V1 dec 1 1 1k
.meas ac edge FIND vdb(a) AT=100
.end
"""

CITIES = "x,y\n0,0\n1,0\n1,1\n0,1\n2,1\n"
GRAPH = "p edge 4 4\ne 1 2\ne 2 3\ne 3 4\ne 4 1\n"

SUDOKU = "530070000600195000098000060800060003400803001700020006060000280000419005000080079\n"

COMMANDS = """
run rc.cir
run flipflop.cir
run noise.cir --tstop 1m
run rc.cir --sweep r1=1k,2k
run flipflop.cir --starts 8
run flipflop.cir --starts 8 --sweep gain=2,3
show flipflop.cir
show general.cir
show noise.cir
show delayed_ring.cir
op flipflop.cir
dc schmitt_trigger.cir --sweep vin=-2:2:0.1
dc signals.cir
ac signals.cir
noise signals.cir
compare signals.cir
compare flipflop.cir
solve queens 5 --starts 4 --engine numpy
solve tsp cities.csv --starts 2 --search chains --polish 2opt
solve colouring graph.col --starts 2 --engine numpy
solve sudoku sudoku.txt --starts 2 --engine numpy
solve --list
check colouring graph.col answer.col.sol
encode queens 4 -o queens.cir
memory recall three.txt
memory recall three.txt --model binary
memory compare three.txt
memory correction three.txt --sweeps 3
memory sequence three.txt
memory capacity --random 20,4 --points 2 --trials 4
memory basin --random 20,4 --points 1 --trials 4
memory gain --random 20,2 --gains 2,5 --trials 4
memory heat --random 20,1 --temperatures 0.5 --trials 4 --sweeps 8
memory faults --random 20,2 --fractions 0.1 --trials 4
sweep run study.toml
sweep status study.toml
sweep watch study.toml
sweep show study.toml {key}
sweep report study.toml --sensitivity half --compare tolerance
sweep export study.toml --out rows.csv
sweep plot study.toml --plot half.svg --metric half
study equilibria flipflop.cir --starts 8
study continuation flipflop.cir gain 1.5 2 --one
gallery
gallery hopfield-1984
examples
doctor
docs --no-browser
docs --man
completion bash
bench flipflop.cir --no-browser --time-limit 0.01
bench flipflop.cir --export film.html --ticks 2
"""
"""What is run of every verb and action; together it prints every key."""


OPTIONAL = {"set", "seed", "colours", "index", "man", *"TBSPQRw", "bias", "S_rate"}
"""Keys at the top that some commands of a verb print."""


def words_for(verb: str, action: str) -> list[list[str]]:
    """The commands of a schema; of a sweep they look at the store that the first one writes."""
    lines = [shlex.split(line) for line in COMMANDS.split("\n") if line]
    own = [line for line in lines if line[: 1 + bool(action)] == [verb, *filter(None, [action])]]
    assert own, f"no command prints the keys of {verb} {action}"
    return [["sweep", "run", "study.toml"], *own] if verb == "sweep" and action != "run" else own


@pytest.fixture
def folder(tmp_path: Path, rc: Path, patterns: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small input for the commands, in a folder that is then the current one."""
    for name in ("flipflop", "general", "noise", "schmitt_trigger", "delayed_ring"):
        shutil.copy(DECKS / f"{name}.cir", tmp_path)
    texts = {"signals.cir": SMALL_SIGNALS, "cities.csv": CITIES, "graph.col": GRAPH, "study.toml": STUDY}
    texts |= {"answer.col.sol": "s col 2\nl 1 1\nl 2 2\nl 3 1\nl 4 1\n", "sudoku.txt": SUDOKU}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "index.html").write_text("")
    monkeypatch.setattr(documentation, "_PLACES", (tmp_path,))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", commands(), ids=lambda words: "-".join(filter(None, words)))
def test_every_key_is_described_and_every_described_key_is_printed(
    words: tuple[str, str], command: Command, folder: Path
) -> None:
    if words[0] == "compare" and not shutil.which("ngspice"):
        pytest.skip("ngspice is not installed")
    printed: set[str] = set()
    for line in words_for(*words):
        key = next(iter(Stored(folder / "study.db").rows())).key if "{key}" in line else ""
        answer = command(*(word.format(key=key) for word in line), "--json", "--quiet")
        assert answer.code in (0, 4), answer.err
        value = answer.value  # which is checked
        printed |= {name for part in parts(value) for name in part}
        if words_of(value) == words:
            refuses_changes(words, value)
    described = {
        name
        for part in parts(schema(*words))
        if isinstance(part.get("properties"), dict)
        for name in part["properties"]
    }
    assert described - printed == set()


def refuses_changes(words: tuple[str, str], value: Any) -> None:
    """Hold that a key more or less is found, at the top of a value."""
    validator = validator_of(*words)
    one = value[0] if isinstance(value, list) else value
    for name in one:
        less = {key: inner for key, inner in one.items() if key != name}
        changed = [less, *value[1:]] if isinstance(value, list) else less
        assert name in OPTIONAL or not validator.is_valid(changed), name
    more = {**one, "unheard_of": 1}
    assert not validator.is_valid([more, *value[1:]] if isinstance(value, list) else more)


def test_a_key_inside_a_value_must_be_described_too(command: Command, rc: Path) -> None:
    value = command("run", rc, "--json").value
    check_documented(value)
    value["power"]["lost_j"] = 1.0
    with pytest.raises(ValidationError, match="lost_j"):
        check_documented(value)


def test_what_an_interrupt_leaves_has_a_schema_too() -> None:
    for verb, action in actions():
        line = " ".join(filter(None, ("analoghop", verb, action)))
        value = {"version": "1", "command": line, "engine": None, "interrupted": True}
        check_documented(value)
        check_documented([{**value, "set": {}}] if verb == "run" else value)
