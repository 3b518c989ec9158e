import shutil

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.errors import InputError
from analoghop.optimise import trace
from analoghop.optimise.deck import deck_of
from analoghop.problems.tsp import TSP
from tests.optimise.toy import Toy, ToyEncoding

FIVE = TSP.from_coordinates(np.random.default_rng(2).uniform(size=(5, 2)), "five")


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_network_ends_in_the_same_tour_in_ngspice(seed: int) -> None:
    encoding = Toy(D=200).encode(FIVE)
    theirs = run_ngspice_text(write(deck_of(encoding, seed).circuit))
    ends = np.array([[theirs[f"v(v{k + 1})"][-1]] for k in range(25)])
    ours = trace(encoding, seed, points=3).outputs[:, -1:]
    answer = encoding.decode(ours)[0].answer
    assert answer is not None
    assert encoding.decode(ends)[0].answer == answer


def test_what_has_no_deck() -> None:
    class Other:
        size = 4

    encoding = ToyEncoding(FIVE, Toy())
    encoding.system = Other()  # type: ignore[assignment]
    with pytest.raises(InputError, match="a Other has no form in a deck"):
        deck_of(encoding)
