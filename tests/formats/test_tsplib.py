import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.tsplib import (
    DISTANCES,
    LAYOUTS,
    Cities,
    Tour,
    distance_matrix,
    read_tour,
    read_tsplib,
    write_tour,
    write_tsplib,
)

DATA = Path(__file__).parents[1] / "data"

# Instance, its optimum as published, and how its distances are given.
OPTIMA = [
    ("burma14", 3323, "GEO"),
    ("ulysses16", 6859, "GEO"),
    ("gr17", 2085, "LOWER_DIAG_ROW"),
    ("fri26", 937, "LOWER_DIAG_ROW"),
    ("bayg29", 1610, "UPPER_ROW"),
    ("bays29", 2020, "FULL_MATRIX"),
    ("att48", 10628, "ATT"),
    ("berlin52", 7542, "EUC_2D"),
]


def length(cities: Cities, order: tuple[int, ...]) -> float:
    return sum(cities.distances[a, b] for a, b in zip(order, order[1:] + order[:1], strict=True))


@pytest.mark.parametrize(("name", "optimum", "_form"), OPTIMA)
def test_published_optimum_is_the_length_of_the_optimal_tour(name: str, optimum: int, _form: str) -> None:
    cities = read_tsplib(DATA / f"{name}.tsp")
    tour = read_tour(DATA / f"{name}.opt.tour", len(cities.distances), cities.name)
    assert cities.name == name
    assert length(cities, tour.order) == optimum


def geographical(a: np.ndarray, b: np.ndarray, pi: float) -> int:
    """The distance of TSPLIB 95, section 2.4, as it is written there, number by number."""

    def radians(x: float) -> float:
        degrees = int(x)
        return pi * (degrees + 5.0 * (x - degrees) / 3.0) / 180.0

    (lat_a, long_a), (lat_b, long_b) = map(radians, a.tolist()), map(radians, b.tolist())
    q1, q2, q3 = math.cos(long_a - long_b), math.cos(lat_a - lat_b), math.cos(lat_a + lat_b)
    return int(6378.388 * math.acos(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)) + 1.0)


def test_geographical_distances_are_those_of_the_manual_with_its_own_pi() -> None:
    random = np.random.default_rng(1)
    places = (
        np.trunc(random.uniform([-80, -170], [80, 170], (150, 2))) + random.integers(0, 60, (150, 2)) / 100
    )
    pairs = list(itertools.combinations(range(150), 2))
    found = distance_matrix(places, "GEO")
    assert [found[a, b] for a, b in pairs] == [geographical(places[a], places[b], 3.141592) for a, b in pairs]
    other = [geographical(places[a], places[b], math.pi) for a, b in pairs]
    assert sum(found[a, b] != there for (a, b), there in zip(pairs, other, strict=True)) > 10


def test_rules_that_are_not_known_are_refused_with_those_that_are() -> None:
    known = "EUC_2D, CEIL_2D, MAN_2D, MAX_2D, GEO, ATT, EUCLIDEAN"
    with pytest.raises(InputError, match=f"`edge_weight_type` is 'XRAY1', expected one of {known}"):
        distance_matrix(np.zeros((3, 2)), "XRAY1")


XY = [(0.0, 0.0), (3.0, 4.0), (1.0, 1.0), (-2.5, 0.5)]


@pytest.mark.parametrize(
    ("rule", "first_row"),
    [
        ("EUC_2D", [0, 5, 1, 3]),  # 2.5495 -> 3
        ("CEIL_2D", [0, 5, 2, 3]),
        ("MAN_2D", [0, 7, 2, 3]),
        ("MAX_2D", [0, 4, 1, 3]),  # 2.5 -> 3: halves are rounded up
        ("ATT", [0, 2, 1, 1]),  # sqrt(25/10) = 1.58 -> 2, sqrt(2/10) = 0.447 -> 0 -> 1
        ("EUCLIDEAN", [0, 5, 2**0.5, 6.5**0.5]),
    ],
)
def test_distances_by_hand(rule: str, first_row: list[float]) -> None:
    assert distance_matrix(np.array(XY), rule)[0].tolist() == first_row


def test_geographical_distance_of_a_degree() -> None:
    # A degree along a meridian, given as degrees and minutes: 30 minutes are half of it.
    d = distance_matrix(np.array([(0.0, 0.0), (1.0, 0.0), (0.30, 0.0)]), "GEO")
    assert d[0, 1] == int(6378.388 * 3.141592 / 180 + 1)
    assert d[0, 2] == int(6378.388 * 3.141592 / 360 + 1)


def test_half_rounds_up() -> None:
    assert distance_matrix(np.array([(0.0, 0.0), (2.5, 0.0), (0.5, 0.0)]), "EUC_2D")[0].tolist() == [0, 3, 1]


@pytest.mark.parametrize("rule", list(DISTANCES))
def test_cities_on_one_spot_are_legal(rule: str, tmp_path: Path) -> None:
    xy = np.array([(1.0, 2.0), (1.0, 2.0), (5.0, 7.0)])
    cities = Cities("pair", distance_matrix(xy, rule), xy, rule)
    write_tsplib(tmp_path / "pair.tsp", cities)
    # TSPLIB's geographical formula gives 1 km even there.
    assert read_tsplib(tmp_path / "pair.tsp").distances[0, 1] == (1 if rule == "GEO" else 0)


@given(
    st.sampled_from(sorted(set(DISTANCES) - {"EUCLIDEAN"})),
    arrays(np.float64, (5, 2), elements=st.floats(-90, 90)),
)
def test_coordinates_come_back(rule: str, xy: np.ndarray) -> None:
    import tempfile

    cities = Cities("round", distance_matrix(xy, rule), xy, rule, "first\nsecond")
    with tempfile.TemporaryDirectory() as folder:
        write_tsplib(f"{folder}/x.tsp", cities)
        got = read_tsplib(f"{folder}/x.tsp")
    assert (got.name, got.comment, got.edge_weight_type) == ("round", "first\nsecond", rule)
    assert got.coordinates is not None
    np.testing.assert_array_equal(got.coordinates, xy)
    np.testing.assert_array_equal(got.distances, cities.distances)


@pytest.mark.parametrize("layout", list(LAYOUTS))
@pytest.mark.parametrize("shown", [True, False])
def test_layouts_come_back(layout: str, shown: bool, tmp_path: Path) -> None:
    upper = np.triu(np.random.default_rng(0).integers(0, 100, (6, 6)) + 0.25, 1)
    xy = np.arange(12.0).reshape(6, 2) if shown else None
    cities = Cities("listed", upper + upper.T, xy, "EXPLICIT")
    write_tsplib(tmp_path / "x.tsp", cities, layout)
    got = read_tsplib(tmp_path / "x.tsp")
    np.testing.assert_array_equal(got.distances, cities.distances)
    assert (got.coordinates is None) != shown
    assert got.edge_weight_type == "EXPLICIT"


LISTED = {
    "FULL_MATRIX": "0 1 2 1 0 3 2 3 0",
    "UPPER_ROW": "1 2\n3",
    "LOWER_ROW": "1\n2 3",
    "UPPER_DIAG_ROW": "0 1 2\n0 3\n0",
    "LOWER_DIAG_ROW": "0\n1 0\n2 3 0",
    "UPPER_COL": "1\n2 3",
    "LOWER_COL": "1 2\n3",
    "UPPER_DIAG_COL": "0\n1 0\n2 3 0",
    "LOWER_DIAG_COL": "0 1 2\n0 3\n0",
}


@pytest.mark.parametrize(("layout", "numbers"), LISTED.items())
def test_layouts_by_hand(layout: str, numbers: str, tmp_path: Path) -> None:
    (tmp_path / "x.tsp").write_text(
        f"EDGE_WEIGHT_SECTION\n{numbers}\nEDGE_WEIGHT_FORMAT: {layout}\n"
        "EDGE_WEIGHT_TYPE: EXPLICIT\nTYPE: TSP\nDIMENSION: 3\n"
    )
    assert read_tsplib(tmp_path / "x.tsp").distances.tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]


def test_sections_stand_in_any_order(tmp_path: Path) -> None:
    text = (DATA / "bayg29.tsp").read_text()
    head, rest = text.split("EDGE_WEIGHT_SECTION\n")
    weights, display = rest.split("DISPLAY_DATA_SECTION\n")
    display = display.removesuffix("EOF\n")
    parts = [head, f"EDGE_WEIGHT_SECTION\n{weights}", f"DISPLAY_DATA_SECTION\n{display}"]
    wanted = read_tsplib(DATA / "bayg29.tsp")
    for order in itertools.permutations(parts):
        (tmp_path / "x.tsp").write_bytes("".join(order).replace("\n", "\r\n").encode())
        got = read_tsplib(tmp_path / "x.tsp")
        np.testing.assert_array_equal(got.distances, wanted.distances)
        assert got.coordinates is not None
        np.testing.assert_array_equal(got.coordinates, wanted.coordinates)


def test_asymmetric_instance(tmp_path: Path) -> None:
    d = np.array([[0.0, 1, 2], [3, 0, 4], [5, 6, 0]])
    write_tsplib(tmp_path / "x.atsp", Cities("one_way", d, None, "EXPLICIT"))
    assert "TYPE : ATSP" in (tmp_path / "x.atsp").read_text()
    np.testing.assert_array_equal(read_tsplib(tmp_path / "x.atsp").distances, d)
    with pytest.raises(InputError, match="triangle"):
        write_tsplib(tmp_path / "x.atsp", Cities("one_way", d, None, "EXPLICIT"), "UPPER_ROW")


def test_what_stands_on_the_diagonal_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.atsp").write_text(
        "TYPE: ATSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\n"
        "EDGE_WEIGHT_SECTION\n9999 1 2\n3 9999 4\n5 6 9999\nEOF\n"
    )
    assert np.diag(read_tsplib(tmp_path / "x.atsp").distances).tolist() == [0, 0, 0]


GOOD = """NAME : square
TYPE : TSP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 9
3 9 9
4 9 0
EOF
"""
MATRIX = """DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 1 2
1 0 3
2 3 0
"""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the line DIMENSION is missing"),
        ("hello\n", 1, "DIMENSION is missing"),
        ("1 2 3\n", 1, "neither a keyword nor part of a section"),
        (GOOD.replace(": 4", ": 0"), 3, "no positive whole number"),
        (GOOD.replace(": 4", ": four"), 3, "no positive whole number"),
        (GOOD.replace(": 4", ": 1"), 3, "DIMENSION is 1: a tour has at least 3 cities"),
        (GOOD.replace(": 4", ": 2"), 3, "DIMENSION is 2: a tour has at least 3 cities"),
        (GOOD.replace(": 4", ": 999999999"), 3, "at most 10000 are read"),
        (
            GOOD.replace("EUC_2D", "EUC_4D"),
            4,
            "'EUC_4D' is no edge weight type known here; expected one of EUC",
        ),
        (GOOD.replace("EUC_2D", ""), 1, "EDGE_WEIGHT_TYPE is missing"),
        (GOOD.replace(": TSP", ": CVRP"), 2, "TYPE is 'CVRP'; expected TSP or ATSP"),
        (GOOD.replace(": TSP", ": TOUR"), 2, "TYPE is 'TOUR'"),
        (GOOD.replace("3 9 9\n4 9 0\nEOF\n", ""), 7, "ends after 2 of 4 cities"),
        (GOOD.replace("4 9 0\nEOF\n", "4 9\n"), 9, "has not three numbers"),
        (GOOD.replace("4 9 0", "4 9 0\n5 1 1"), 10, "city 5 is not one of 1 to 4"),
        (GOOD.replace("4 9 0", "3 9 0"), 9, "city 3 is given twice"),
        (GOOD.replace("4 9 0", "0 9 0"), 9, "city 0 is not one of"),
        (GOOD.replace("4 9 0", "3.5 9 0"), 9, "city 3.5 is not one of"),
        (GOOD.replace("2 0 9", "2 0 nan"), 7, "'nan' in NODE_COORD_SECTION is no finite number"),
        (GOOD.replace("2 0 9", "2 inf 9"), 7, "'inf' in NODE_COORD_SECTION is no finite number"),
        (GOOD.replace("2 0 9", "2 0 x9"), 7, "'x9' in NODE_COORD_SECTION"),
        (GOOD.replace("NODE_COORD_SECTION", "NODE_COORD_SECTION\nNODE_COORD_SECTION"), 6, "is given twice"),
        (GOOD.replace("TYPE : TSP", "DIMENSION : 4"), 3, "DIMENSION is given twice"),
        (GOOD.split("NODE")[0], 1, "NODE_COORD_SECTION is missing"),
        (GOOD.replace("EOF", "FIXED_EDGES_SECTION\n1 2\n-1"), 10, "leaving it out would change the problem"),
        (MATRIX.replace("2 3 0\n", ""), 6, "has 6 numbers, 9 make FULL_MATRIX for 3 cities"),
        (MATRIX + "7\n", 8, "has 10 numbers"),
        (MATRIX.replace("2 3 0", "2 -3 0"), 7, "from city 3 to city 2 is negative"),
        (MATRIX.replace("2 3 0", "2 inf 0"), 7, "'inf' in EDGE_WEIGHT_SECTION"),
        (MATRIX.replace("1 0 3", "1 0 4"), 6, "between cities 2 and 3 differ: 4 and 3; expected TYPE : ATSP"),
        (MATRIX.replace("FULL_MATRIX", "HALF"), 3, "'HALF' is no edge weight format known here"),
        (MATRIX.replace("EDGE_WEIGHT_FORMAT : FULL_MATRIX\n", ""), 1, "EDGE_WEIGHT_FORMAT is missing"),
        (MATRIX.split("EDGE_WEIGHT_SECTION")[0], 1, "EDGE_WEIGHT_SECTION is missing"),
    ],
)
def test_bad_instances(text: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.tsp").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_tsplib(tmp_path / "bad.tsp")
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.line) == (str(tmp_path / "bad.tsp"), line)


def test_binary_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "x.tsp").write_bytes(bytes(range(256)))
    with pytest.raises(FileFormatError, match="is not a text file"):
        read_tsplib(tmp_path / "x.tsp")
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_tsplib(tmp_path / "none.tsp")


@given(st.data())
def test_no_mutation_ends_in_another_exception(data: st.DataObject) -> None:
    import tempfile

    text = data.draw(st.sampled_from([GOOD, MATRIX]))
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(text)))
        j = data.draw(st.integers(i, min(len(text), i + 12)))
        text = (
            text[:i]
            + data.draw(st.sampled_from(["", "\n", " ", ":", "nan", "-1", "EOF\n", "9e999", "x"]))
            + text[j:]
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.tsp"
        path.write_text(text)
        try:
            cities = read_tsplib(path)
        except FileFormatError:
            return
    assert np.isfinite(cities.distances).all()
    assert (cities.distances >= 0).all()


@given(st.permutations(range(9)))
def test_tours_come_back(order: list[int]) -> None:
    import tempfile

    tour = Tour(tuple(order), "nine.tour", "Length 12\nseed 3")
    with tempfile.TemporaryDirectory() as folder:
        write_tour(f"{folder}/x.tour", tour)
        assert read_tour(f"{folder}/x.tour", 9) == tour


def test_only_permutations_are_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="every city from 0 on exactly once"):
        write_tour(tmp_path / "x.tour", Tour((0, 1, 1)))
    assert not list(tmp_path.iterdir())


TOUR = "NAME : square4.tour\nTYPE : TOUR\nDIMENSION : 4\nTOUR_SECTION\n1 3\n2\n4\n-1\nEOF\n"


def test_tour_without_its_end(tmp_path: Path) -> None:
    (tmp_path / "x.tour").write_text(TOUR.replace("-1\nEOF\n", ""))
    assert read_tour(tmp_path / "x.tour").order == (0, 2, 1, 3)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (TOUR.replace("TOUR_SECTION\n1 3\n2\n4\n-1", ""), 1, "TOUR_SECTION is missing"),
        (TOUR.replace(": TOUR", ": TSP"), 2, "TYPE is 'TSP'; expected TOUR"),
        (TOUR.replace("\n4\n", "\n"), 7, "the tour ends after 3 of 4 cities"),
        (TOUR.replace("\n4\n", "\n3\n"), 7, "city 3 is visited twice"),
        (TOUR.replace("\n4\n", "\n5\n"), 7, "city 5 is not one of 1 to 4"),
        (TOUR.replace("\n4\n", "\n2.5\n"), 7, "2.5 is no number of a city"),
        (TOUR.replace("N : 4", "N : 5"), 3, "has 5 cities: it is not a tour of square4 with 4"),
        (TOUR.replace("square4", "round4"), 1, "belongs to 'round4' by its name, not to 'square4'"),
    ],
)
def test_bad_tours(text: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.tour").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_tour(tmp_path / "bad.tour", 4, "square4")
    assert caught.value.where is not None
    assert caught.value.where.line == line


def test_tour_of_another_instance() -> None:
    with pytest.raises(FileFormatError, match="has 29 cities: it is not a tour of berlin52 with 52"):
        read_tour(DATA / "bayg29.opt.tour", 52, "berlin52")
    with pytest.raises(FileFormatError, match="belongs to 'bays29' by its name, not to 'bayg29'"):
        read_tour(DATA / "bays29.opt.tour", 29, "bayg29")
