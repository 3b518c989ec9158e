from pathlib import Path

import pytest

from analoghop.errors import FileFormatError
from analoghop.formats.instances.best_known import best_known


def test_values_stand_beside_the_instance_or_one_folder_above(tmp_path: Path) -> None:
    text = '{"be/be1": {"best_known": -3, "problem": "min x^T Q x, x in {0,1}"}, "G1": 7, "G2": {"note": 1}}'
    (tmp_path / "best_known.json").write_text(text)
    (tmp_path / "be").mkdir()
    assert best_known(tmp_path / "be" / "be1.sparse", "qubo") == -3.0
    assert best_known(tmp_path / "G1.txt", "maxcut") == 7.0
    assert best_known(tmp_path / "G2.txt", "maxcut") is None
    assert best_known(tmp_path / "be" / "other", "qubo") is None
    assert best_known(tmp_path / "be" / "deep" / "x", "qubo") is None


def test_a_value_counts_for_its_problem_only(tmp_path: Path) -> None:
    words = {"a": "max-cut", "b": "QUBO", "c": "independent set", "d": "Ising"}
    entries = ", ".join(f'"{name}": {{"best_known": 5, "problem": "{word}"}}' for name, word in words.items())
    (tmp_path / "best_known.json").write_text(f'{{{entries}, "e": 5}}')
    kinds = ("maxcut", "qubo", "independent-set", "ising", "partition")
    found = {name: [kind for kind in kinds if best_known(tmp_path / name, kind)] for name in "abcde"}
    assert found == {
        "a": ["maxcut"],
        "b": ["qubo"],
        "c": ["independent-set"],
        "d": ["ising"],
        "e": ["maxcut"],
    }


@pytest.mark.parametrize("text", ["[1]", "{", '{"x": "7"}', '{"x": true}', '{"x": NaN}'])
def test_bad_values(text: str, tmp_path: Path) -> None:
    (tmp_path / "best_known.json").write_text(text)
    with pytest.raises(FileFormatError, match=r"best_known\.json:1"):
        best_known(tmp_path / "x.txt", "maxcut")
