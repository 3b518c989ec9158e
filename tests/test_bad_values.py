"""Constructors check what they are given, and say what is wrong in one sentence."""

import numpy as np
import pytest
import scipy.sparse

from analoghop import Amplifiers, Network, Schedule, Signals, Tanh, random_starts
from analoghop.couplings import Dense, Sparse
from analoghop.errors import InputError
from analoghop.schedules import Constant
from analoghop.systems.circuits.lure import Lure

BANK = Amplifiers.uniform(Tanh(), 2)
LURE = {
    "C": np.eye(2), "G": np.eye(2), "B": np.eye(2), "S": np.zeros((2, 0)), "S_rate": np.zeros((2, 0)),
    "P": np.eye(2), "Q": np.zeros((2, 2)), "R": np.zeros((2, 0)),
    "amplifiers": BANK, "signals": Signals(), "states": ("v(a)", "v(b)"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Amplifiers.uniform(Tanh, 2),
            r"`blocks` is the class Tanh, expected amplifiers such as `Tanh\(\)`",
        ),
        (lambda: Amplifiers.uniform("tanh", 2), "`blocks` is of the type str"),
        (lambda: Amplifiers.uniform(Tanh(), 2.5), "a block of tanh amplifiers has 2.5 units"),
        (lambda: Amplifiers.uniform(Tanh(), "2"), "has 2 units, expected 1 or more"),
        (lambda: Amplifiers.uniform(Tanh(), -1), "has -1 units"),
        (lambda: Amplifiers.uniform(Tanh(), 2, gain=1j), "`gain` holds complex numbers"),
        (lambda: Amplifiers.uniform(Tanh(), 2, gain=[1.0, 2.0, 3.0]), "`gain` has shape"),
        (lambda: Amplifiers.uniform(Tanh(), 2, gain="high"), "`gain` does not hold a table of numbers"),
        (
            lambda: Amplifiers.uniform(Tanh(), 2, offset=np.nan),
            "`offset` contains a value that is not finite",
        ),
        (lambda: Amplifiers((Tanh(), 2)), "`blocks` is of the type Tanh, expected pairs"),
        (lambda: Amplifiers(((Tanh(),),)), "has None units"),
        (lambda: Amplifiers.of(Tanh()), "`units` is of the type Tanh, expected a list of amplifiers"),
        (lambda: Amplifiers.of([Tanh, Tanh]), "`blocks` is the class Tanh"),
        (lambda: Network(np.eye(2), Tanh()), "`amplifiers` is of the type Tanh, expected a bank"),
        (lambda: Network(np.eye(2), Amplifiers), "`amplifiers` is the class Amplifiers"),
        (lambda: Network(1j * np.eye(2), BANK), "a coupling holds complex numbers"),
        (lambda: Network([[1.0, 2.0], [3.0]], BANK), "a coupling does not hold a table of numbers"),
        (lambda: Network("T", BANK), "a coupling does not hold a table of numbers"),
        (lambda: Network(None, BANK), "a coupling"),
        (lambda: Network(np.eye(3), BANK), "`T` has shape"),
        (lambda: Network(np.eye(2), BANK, C="1n"), "`C` does not hold a table of numbers"),
        (lambda: Network(np.eye(2), BANK, C=-1.0), "`C` must be positive"),
        (lambda: Network(np.eye(2), BANK, bias=[1.0, 2.0, 3.0]), "`bias` has shape"),
        (
            lambda: Network(np.eye(2), BANK, temperature="hot"),
            "`temperature` does not hold a table of numbers",
        ),
        (lambda: Network(np.eye(2), BANK, temperature=np.nan), "`temperature` is nan K"),
        (
            lambda: Network(np.eye(2), BANK, gain_factor=2.0),
            "`gain_factor` is of the type float, expected a signal",
        ),
        (
            lambda: Network(np.eye(2), BANK, coupling_factor=Schedule),
            "`coupling_factor` is the class Schedule",
        ),
        (lambda: Network(np.eye(2), BANK, signals=2.0), "`signals` is of the type float"),
        (
            lambda: Network(np.eye(2), BANK, signals=[2.0], S=np.ones((2, 1))),
            "`signals` is of the type float",
        ),
        (lambda: Lure(**{**LURE, "C": np.eye(3)}), r"`C` has shape \(3, 3\), expected \(2, 2\)"),
        (lambda: Lure(**{**LURE, "B": np.ones((2, 1))}), r"`B` has shape \(2, 1\), expected \(2, 2\)"),
        (lambda: Lure(**{**LURE, "S": np.ones((2, 1))}), r"`S` has shape \(2, 1\), expected \(2, 0\)"),
        (lambda: Lure(**{**LURE, "G": 1j * np.eye(2)}), "`G` holds complex numbers"),
        (lambda: Lure(**LURE, start=[1.0, 2.0, 3.0]), "`start` has shape"),
        (lambda: Lure(**{**LURE, "amplifiers": Tanh()}), "`amplifiers` is of the type Tanh"),
        (lambda: Lure(**{**LURE, "signals": Signals}), "`signals` is the class Signals"),
        (lambda: Dense([[1.0, 1j]]), "a coupling holds complex numbers"),
        (lambda: Sparse(scipy.sparse.csr_array([[1j]])), "a coupling holds complex numbers"),
        (lambda: Sparse([[1j]]), "a coupling holds complex numbers"),
        (lambda: Schedule(["a", "b"], [0.0, 1.0]), "`knots` does not hold a table of numbers"),
        (lambda: Schedule([0.0, 1.0], [0.0, 1j]), "`levels` holds complex numbers"),
        (lambda: Constant("high"), "`level` does not hold a table of numbers"),
        (lambda: Constant(np.inf), "`level` of a constant is inf"),
        (lambda: Signals(Constant(1.0)), "`signals` is of the type Constant, expected a tuple of signals"),
        (lambda: Signals((1.0,)), "`signals` is of the type float, expected signals"),
        (lambda: random_starts(Network(np.eye(2), BANK), 3, seed=-1), "`seed` is -1"),
        (lambda: random_starts(Network(np.eye(2), BANK), 2.5), "`count` of the starts is 2.5"),
    ],
)
def test_what_does_not_fit_is_named(make, message):
    with pytest.raises(InputError, match=message) as refused:
        make()
    assert str(refused.value).count("\n") == 0


def test_lists_are_as_good_as_arrays():
    network = Network(
        [[0, 1], [1, 0]],
        Amplifiers(([Tanh(), 2],), gain=[2, 3]),
        C=[1, 2],
        bias=[0, 1],
        signals=[Schedule([0, 1], [0, 1])],
        S=[[1], [0]],
    )
    plain = Network(
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        Amplifiers.uniform(Tanh(), 2, gain=np.array([2.0, 3.0])),
        C=np.array([1.0, 2.0]),
        bias=np.array([0.0, 1.0]),
        signals=Signals((Schedule(np.array([0.0, 1.0]), np.array([0.0, 1.0])),)),
        S=np.array([[1.0], [0.0]]),
    )
    x = np.array([[0.3], [-0.2]])
    assert np.array_equal(network.rhs(0.4, x), plain.rhs(0.4, x))
    listed = {name: m.tolist() if getattr(m, "size", 0) else m for name, m in LURE.items()}
    assert np.array_equal(Lure(**listed).rhs(0.0, x), Lure(**LURE).rhs(0.0, x))
