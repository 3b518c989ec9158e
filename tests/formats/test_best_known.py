from pathlib import Path

import pytest

from analoghop.errors import FileFormatError
from analoghop.formats.best_known import best_known


def test_values_stand_beside_the_instance_or_one_folder_above(tmp_path: Path) -> None:
    (tmp_path / "best_known.json").write_text('{"be/be1": {"best_known": -3}, "G1": 7, "G2": {"note": 1}}')
    (tmp_path / "be").mkdir()
    assert best_known(tmp_path / "be" / "be1.sparse") == -3.0
    assert best_known(tmp_path / "G1.txt") == 7.0
    assert best_known(tmp_path / "G2.txt") is None
    assert best_known(tmp_path / "be" / "other") is None
    assert best_known(tmp_path / "be" / "deep" / "x") is None


@pytest.mark.parametrize("text", ["[1]", "{", '{"x": "7"}', '{"x": true}', '{"x": NaN}'])
def test_bad_values(text: str, tmp_path: Path) -> None:
    (tmp_path / "best_known.json").write_text(text)
    with pytest.raises(FileFormatError, match=r"best_known\.json:1"):
        best_known(tmp_path / "x.txt")
