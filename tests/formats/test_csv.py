from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import FileFormatError
from analoghop.formats.waveforms.csv import read_csv, write_csv
from analoghop.formats.waveforms.waveforms import Waveforms


def test_form_of_the_file(tmp_path: Path) -> None:
    data = np.array([[0.0, 0.1], [1 / 3, -2e-20]])
    record = {"seed": 3, "a: b": [1.5]}
    write_csv(tmp_path / "x.csv", Waveforms(("time", "v(a,b)"), ("time", "voltage"), data, "Title", record))
    assert (tmp_path / "x.csv").read_text() == (
        '# title: "Title"\n# kinds: ["time", "voltage"]\n# record.seed: 3\n# record.a\\u003a b: [1.5]\n'
        'time,"v(a,b)"\n0.0,0.3333333333333333\n0.1,-2e-20\n'
    )


def test_numpy_reads_it(tmp_path: Path) -> None:
    data = np.array([[0.0, 0.1], [1 / 3, -2e-20]])
    write_csv(tmp_path / "x.csv", Waveforms(("time", "v(a)"), ("time", "voltage"), data, "Title, with comma"))
    rows = [line for line in (tmp_path / "x.csv").read_text().splitlines() if not line.startswith("#")]
    np.testing.assert_array_equal(np.loadtxt(rows, delimiter=",", skiprows=1), data.T)


def test_foreign_table(tmp_path: Path) -> None:
    text = "\ufeff# made by hand: really\r\n\r\nTime, v(a), i(v1)\r\n0, 1, 2\r\n\r\n1e-3, 3, nan\r\n"
    (tmp_path / "x.csv").write_bytes(text.encode())
    got = read_csv(tmp_path / "x.csv")
    assert (got.names, got.kinds) == (("Time", "v(a)", "i(v1)"), ("time", "voltage", "current"))
    np.testing.assert_array_equal(got.data, [[0, 1e-3], [1, 3], [2, np.nan]])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no signals"),
        ("# title: 3\n\n", 1, "holds no signals"),
        ("time,a\n0,1\n1,x\n", 3, "a word that is no number: could not convert string to float: 'x'"),
        ("time,a\n0,1\n1\n", 3, "this row has 1 numbers; expected 2"),
        ("volts,a\n0,1\n", 1, 'the first of `names` of waveforms is "time"'),
        ("# title: {\ntime\n0\n", 1, "this line holds no JSON"),
        ("# kinds: [1]\ntime,a\n0,1\n", 2, "one name, kind and row each"),
        ('time,"a\n0,1\n', 1, "row of names cannot be used"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, line: int, message: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_csv(tmp_path / "x.csv")
    assert caught.value.where is not None
    assert caught.value.where.line == line


def test_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"time,a\n\xff\xfe\n")
    with pytest.raises(FileFormatError, match="is not text in UTF-8"):
        read_csv(tmp_path / "x.csv")
