import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.memories.weights import StoredWeights, read_weights, write_weights


@given(n=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_weights_come_back(tmp_path_factory, n, seed):
    rng = np.random.default_rng(seed)
    weights = StoredWeights(rng.normal(size=(n, n)), rng.normal(size=n), {"rule": "hebbian", "seed": seed})
    path = tmp_path_factory.mktemp("weights") / "w.npz"
    write_weights(path, weights)
    found = read_weights(path)
    np.testing.assert_array_equal(found.W, weights.W)
    np.testing.assert_array_equal(found.threshold, weights.threshold)
    assert found.record == weights.record


def test_a_matrix_alone_is_enough(tmp_path):
    np.savez(tmp_path / "w.npz", W=np.eye(3))
    found = read_weights(tmp_path / "w.npz")
    assert found.threshold.tolist() == [0, 0, 0]
    assert found.record == {}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"A": np.eye(2)}, "no array W"),
        ({"W": np.ones((2, 3))}, "weights need W"),
        ({"W": np.eye(2), "threshold": np.zeros(3)}, "weights need W"),
        ({"W": np.full((1, 1), np.nan)}, "not finite"),
        ({"W": np.eye(2), "record": np.array("[1]")}, "no JSON object"),
        ({"W": np.eye(2), "record": np.array("{")}, "cannot be read as weights"),
        ({"W": np.array([["a"]])}, "cannot be read as weights"),
    ],
    ids=str,
)
def test_other_archives(tmp_path, arrays, message):
    np.savez(tmp_path / "w.npz", **arrays)
    with pytest.raises(FileFormatError, match=message):
        read_weights(tmp_path / "w.npz")


def test_other_files(tmp_path):
    with pytest.raises(InputError, match="kept in .npz files"):
        read_weights(tmp_path / "w.txt")
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_weights(tmp_path / "w.npz")
    for content in (b"", b"PK\x03\x04 damaged", b"text"):
        (tmp_path / "w.npz").write_bytes(content)
        with pytest.raises(FileFormatError):
            read_weights(tmp_path / "w.npz")
