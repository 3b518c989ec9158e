"""Tables of names with values."""

from pathlib import Path

import pytest
from faults import assert_fault
from hypothesis import given
from hypothesis import strategies as st

from analoghop.formats.instances.labelled import read_order_of, read_values, write_order, write_values

NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
    unique=True,
    min_size=1,
    max_size=6,
)


@given(NAMES, st.data())
def test_values_and_orders_come_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("labelled") / "a.csv"
    values = tuple(data.draw(st.lists(st.integers(-9, 9), min_size=len(names), max_size=len(names))))
    write_values(path, names, values, "by\nhand")
    assert read_values(path, names) == values
    order = tuple(data.draw(st.permutations(range(len(names)))))
    write_order(path, names, order, "by hand")
    assert read_order_of(path, names) == order


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no answer; expected name,value"),
        ("name,value\na,1\n", 2, "'b' has no value"),
        ("a,1\nb,2\na,3\n", 3, "'a' has a second value"),
        ("# x\nname,value\na,1.5\n", 3, "the value of 'a' is '1.5'"),
        ("a\nb\n", 1, "this line has 1 parts; expected name,value"),
        ('a,"1\n', 1, "cannot be read as a table"),
    ],
)
def test_bad_tables(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(lambda path: read_values(path, "ab"), tmp_path / "x.csv", text, line, message)
