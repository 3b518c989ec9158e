import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.memories.columns import Columns, read_columns, write_columns

values = st.lists(st.floats(allow_nan=True), min_size=0, max_size=5)


@given(a=values, suffix=st.sampled_from([".csv", ".npz"]))
def test_columns_come_back(tmp_path_factory, a, suffix):
    path = tmp_path_factory.mktemp("columns") / f"c{suffix}"
    columns = Columns({"load": a, "overlap": a[::-1]}, {"study": "capacity", "seed": 3})
    write_columns(path, columns)
    found = read_columns(path)
    assert found.names == columns.names
    assert found.record == columns.record
    for name in columns.names:
        np.testing.assert_array_equal(found[name], columns[name])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no columns"),
        ("# record: {\n", 1, "cannot be read"),
        ("a,b\n1,2\n1,x\n", 3, "cannot be read"),
        ("a,b\n1,2\n\n1\n", 4, "this row has 1 numbers; expected 2"),
        ("a b\n1\n", 1, "the row of names cannot be used"),
    ],
)
def test_a_malformed_file_gives_its_line(tmp_path, text, line, message):
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_columns(path)
    assert str(caught.value).startswith(f"{path}:{line}:")


def test_damaged_archives(tmp_path):
    path = tmp_path / "c.npz"
    for content in (b"", b"PK\x03\x04 damaged", b"text"):
        path.write_bytes(content)
        with pytest.raises(FileFormatError):
            read_columns(path)


def test_columns_fit_together():
    with pytest.raises(InputError, match="one length"):
        Columns({"a": np.zeros(2), "b": np.zeros(3)})
    with pytest.raises(InputError, match="one axis"):
        Columns({"a": np.zeros((2, 2))})
    with pytest.raises(InputError, match="cannot name a column"):
        Columns({"a,b": np.zeros(2)})
    with pytest.raises(InputError, match="at least one"):
        Columns({})
    columns = Columns({"a": [1.0, math.nan]})
    assert len(columns) == 2
    assert "a" in columns
    with pytest.raises(InputError, match="no column 'b' among a"):
        columns["b"]
    with pytest.raises(InputError, match=".npz or .csv"):
        write_columns("c.txt", columns)
