from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.instances.tables import read_table, write_table

DATA = Path(__file__).parents[1] / "data"

TRIANGLE = [[0.0, 3.0, 5.0], [3.0, 0.0, 4.0], [5.0, 4.0, 0.0]]


def test_ten_cities_have_the_length_that_enumeration_found() -> None:
    cities = read_table(DATA / "ht10.csv")
    tour = np.array([1, 3, 2, 10, 9, 8, 7, 6, 5, 4]) - 1
    assert cities.name == "ht10"
    assert cities.distances[tour, np.roll(tour, -1)].sum() == pytest.approx(2.6906706370094136, abs=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "0,0\n3,0\n3,4\n",
        "x,y\n0,0\n3,0\n3,4\n",
        "# made by hand\r\nX; Y\r\n0;0\r\n\r\n3;0 # the second\r\n3;4\r\n",
        "\ufeffname,y,x\na,0,0\nb,0,3\nc,4,3\n",
        "0 0\n3 0\n3 4",
        "0\t0\n3\t0\n3\t4\n",
    ],
)
def test_coordinates(text: str, tmp_path: Path) -> None:
    (tmp_path / "three.csv").write_bytes(text.encode())
    cities = read_table(tmp_path / "three.csv")
    assert cities.edge_weight_type == "EUCLIDEAN"
    assert cities.distances.tolist() == TRIANGLE


@pytest.mark.parametrize(
    "text",
    [
        "0,3,5\n3,0,4\n5,4,0\n",
        "Bonn,Köln,Ulm\n-,3,5\n3,,4\n5,4,nan\n",
        ",Bonn,Koeln,Ulm\nBonn,0,3,5\nKoeln,3,0,4\nUlm,5,4,0\n",
    ],
)
def test_matrix(text: str, tmp_path: Path) -> None:
    (tmp_path / "three.csv").write_text(text)
    cities = read_table(tmp_path / "three.csv")
    assert cities.edge_weight_type == "EXPLICIT"
    assert cities.coordinates is None
    assert cities.distances.tolist() == TRIANGLE


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no cities"),
        ("# nothing\n", 1, "holds no cities"),
        ("x,y\n1,2\n", 1, "has 1 cities: a tour has at least 3"),
        ("1,2\n3,4\n", 1, "has 2 cities: a tour has at least 3"),
        ("1,2\n3,4\n5\n", 1, "has 2 columns and the table 3 rows"),
        ("1,2\n3,nan\n5,6\n", 2, "column 2 holds 'nan', no finite number"),
        ("1,2\n3,\n5,6\n", 2, "column 2 is empty"),
        ("1,2\n3,one\n5,6\n", 2, "column 2 holds 'one'"),
        ("x,y,z\n1,2,3\n3,4\n5,6,7\n", 3, "has 2 cells; expected 3, one for each name"),
        ("0,1,2\n1,0,3\n2,-3,0\n", 3, "from city 3 to city 2 is negative"),
        ("0,1,inf\n1,0,3\n2,3,0\n", 1, "column 3 holds 'inf'"),
        ("0,1,2\n1,0,\n2,3,0\n", 2, "column 3 is empty"),
        ("0,1,2\n1,0,3\n2,3\n", 3, "has 2 columns and the table 3 rows"),
    ],
)
def test_bad_tables(text: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_table(tmp_path / "bad.csv")
    assert caught.value.where is not None
    assert caught.value.where.line == line


@given(arrays(np.float64, (4, 4), elements=st.floats(0, 1e6)))
def test_matrices_come_back(d: np.ndarray) -> None:
    import tempfile

    np.fill_diagonal(d, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        write_table(f"{folder}/x.csv", d)
        np.testing.assert_array_equal(read_table(f"{folder}/x.csv").distances, d)


def test_coordinates_come_back(tmp_path: Path) -> None:
    xy = np.random.default_rng(0).normal(size=(7, 2))
    write_table(tmp_path / "x.csv", xy, ("x", "y"))
    got = read_table(tmp_path / "x.csv").coordinates
    assert got is not None
    np.testing.assert_array_equal(got, xy)
    with pytest.raises(InputError, match=r"shape \(7, 3\)"):
        write_table(tmp_path / "x.csv", np.zeros((7, 3)))
