"""Write the decks that are too long to write by hand: python circuits/make_decks.py"""

from pathlib import Path

import numpy as np

from analoghop.activations import Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import format as write
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.synthesize import synthesize
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits.network import Network

HERE = Path(__file__).parent
SEED = 0  # of the salesman's start: one of those that end in a tour

LETTERS = {
    "A": ".***. *...* ***** *...* *...*",
    "L": "*.... *.... *.... *.... *****",
    "T": "***** ..*.. ..*.. ..*.. ..*..",
    "X": "*...* .*.*. ..*.. .*.*. *...*",
}
SPOILT = (1, 8, 15, 17, 21)  # the pixels of T that the cue has wrong

# The ten cities that occur in many programs as the instance of Hopfield & Tank (1985).
CITIES = [
    (0.4000, 0.4439), (0.2439, 0.1463), (0.1707, 0.2293), (0.2293, 0.7610), (0.5171, 0.9414),
    (0.8732, 0.6536), (0.6878, 0.5219), (0.8488, 0.3609), (0.6683, 0.2536), (0.6195, 0.2634),
]  # fmt: skip


def header(title: str, comment: str, expectations: list[str]) -> str:
    lines = [title, *(f"* {line}".rstrip() for line in comment.strip().splitlines()), "*"]
    return "\n".join([*lines, *(f"* expect {e}" for e in expectations), "", ""])


def save(name: str, head: str, circuit: Circuit) -> None:
    body = write(circuit).split("\n", 1)[1]  # the title is in the head
    (HERE / name).write_text(head + body)


def letters() -> None:
    """Hebb's rule with the pseudo-inverse, so that the correlated letters are exact memories."""
    patterns = np.array(
        [[1.0 if c == "*" else -1.0 for c in rows.replace(" ", "")] for rows in LETTERS.values()]
    )
    n = patterns.shape[1]
    weights = np.linalg.pinv(patterns) @ patterns
    np.fill_diagonal(weights, 0.0)
    wanted = patterns[list(LETTERS).index("T")]
    cue = wanted.copy()
    cue[list(SPOILT)] *= -1
    network = Network(
        np.round(weights, 6) * 1e-5,
        Amplifiers.uniform(Tanh(), n, gain=8.0),
        C=1e-9,
        G=4e-5,
        names=tuple(f"{row}{col}" for row in range(1, 6) for col in range(1, 6)),
    )
    built = synthesize(network, start=0.05 * cue, tran=Tran(1e-6, 1e-3, uic=True))
    expectations = [
        f"v(v{name}) at end {'>' if pixel > 0 else '<'} {'0.5' if pixel > 0 else '-0.5'}"
        for name, pixel in zip(network.names, wanted, strict=True)
    ]
    picture = "\n".join(
        "  ".join(rows[k] for rows in (r.split() for r in LETTERS.values())) for k in range(5)
    )
    comment = f"""
A memory for four letters of 5 x 5 pixels (A, L, T, X; projection rule). Node v23 is the pixel in row 2,
column 3. The circuit starts near a T with five wrong pixels and recalls the T.

{picture}
"""
    save(
        "letters.cir",
        header("A memory for letters", comment, [*expectations, "status settled", "energy guaranteed"]),
        built.circuit,
    )


def travelling_salesman() -> None:
    """The constants of Hopfield & Tank (1985), Biol. Cybern. 52:141."""
    A = B = D = 500.0
    C, n_eff, u0 = 200.0, 15.0, 0.02
    cities = np.array(CITIES)
    n = len(cities)
    d = np.linalg.norm(cities[:, None] - cities[None], axis=-1)
    eye, ones = np.eye(n), np.ones((n, n))
    ring = np.roll(eye, 1, axis=0) + np.roll(eye, -1, axis=0)
    T = -A * np.kron(eye, ones - eye) - B * np.kron(ones - eye, eye) - C - D * np.kron(d, ring)
    tau, unit = 1e-3, 1e-6  # one time constant is a millisecond, conductances are in microsiemens
    network = Network(
        T * unit,
        Amplifiers.uniform(Logistic(), n * n, gain=2.0 / u0),
        C=tau * unit,
        G=unit,
        bias=C * n_eff * unit,
        names=tuple(f"{'abcdefghij'[x]}{i}" for x in range(n) for i in range(n)),
    )
    rng = np.random.default_rng(SEED)
    start = -0.5 * u0 * np.log(n - 1) + rng.uniform(-0.1 * u0, 0.1 * u0, n * n)
    built = synthesize(network, start=start, tran=Tran(2.5e-10, 6e-7, uic=True))
    tour = outcome(built.circuit, n)
    names = "abcdefghij"
    expectations = [f"v(v{names[city]}{i}) at end > 0.5" for i, city in enumerate(tour)]
    length = sum(d[a, b] for a, b in zip(tour, np.roll(tour, -1), strict=True))
    named = "-".join(names[c] for c in tour)
    comment = f"""
The travelling salesman's network of Hopfield & Tank (1985): A = B = 500, C = 200, D = 500, n = 15,
u0 = 0.02, ten cities. Amplifier va0 says that city a is visited first, vc7 that c is the eighth. From
this start it ends in the tour {named} of length {length:.3f}; the shortest is 2.691.
Most starts end in no tour at all: the validity of this network is some 15 %.
Voltages are scaled by {built.scale:g} so that every input resistor is positive. The time constant of
a node is 1 ms; amplifiers of this gain have decided after half a microsecond.
"""
    save(
        "hopfield_tank10.cir",
        header("Ten cities, Hopfield and Tank 1985", comment, [*expectations, "energy guaranteed"]),
        built.circuit,
    )


def outcome(circuit: Circuit, n: int) -> list[int]:
    """Return the tour that the circuit ends in."""
    lure = compile_circuit(circuit)
    solution = ScipyIVP(rtol=1e-8).integrate(lure, lure.start, (0.0, circuit.tran.stop))
    names = [f"v(v{'abcdefghij'[x]}{i})" for x in range(n) for i in range(n)]
    v = lure.observe(0.0, solution.states[:, -1:], names).reshape(n, n) > 0.5
    if not (v.sum(axis=0) == 1).all() or not (v.sum(axis=1) == 1).all():
        raise SystemExit("this start ends in no tour: choose another SEED")
    return [int(city) for city in v.argmax(axis=0)]


if __name__ == "__main__":
    letters()
    travelling_salesman()
