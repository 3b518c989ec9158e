"""Tables of embedded Runge-Kutta pairs, and the pattern of short steps for the settling test.

Near an equilibrium, stability of the fastest mode limits the step of an explicit pair: this mode keeps moving
by as much as the tolerance allows, at a rate that fails the settling test. A few steps of half and of a
quarter of the length damp it; for amplifiers with corners, half is not enough.
"""

from __future__ import annotations

from typing import NamedTuple

Row = tuple[float, ...]


class Tableau(NamedTuple):
    """An explicit pair whose last stage is the first stage of the next step (FSAL).

    `nodes` (stages,) and `rows`: stage i is taken at the node i and at the start plus the step times row i of
    the earlier rates; the last row gives the new state. `error` (stages,) gives new minus embedded state.
    `dense` (stages, degree): the state at the fraction s of the step is the start plus the step times the sum
    over stages j and powers p of `dense[j][p] s^(p+1)` times rate j. `order` is that of the error estimate.
    """

    order: int
    nodes: Row
    rows: tuple[Row, ...]
    error: Row
    dense: tuple[Row, ...]

    @property
    def stages(self) -> int:
        """Number of rates, the one at the start included."""
        return len(self.nodes)


DORMAND_PRINCE = Tableau(
    # Dormand & Prince (1980), J. Comput. Appl. Math. 6:19; the continuous extension is Shampine's (1986).
    order=4,
    nodes=(0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0),
    rows=(
        (),
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    ),
    error=(71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40),
    dense=(
        (1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432),
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799),
        (0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072),
        (0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632),
        (0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844),
        (0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423),
    ),
)

BOGACKI_SHAMPINE = Tableau(
    # Bogacki & Shampine (1989), Appl. Math. Lett. 2:321.
    order=2,
    nodes=(0.0, 1 / 2, 3 / 4, 1.0),
    rows=((), (1 / 2,), (0.0, 3 / 4), (2 / 9, 1 / 3, 4 / 9)),
    error=(-5 / 72, 1 / 12, 1 / 9, -1 / 8),
    dense=((1.0, -4 / 3, 5 / 9), (0.0, 1.0, -2 / 3), (0.0, 4 / 3, -8 / 9), (0.0, -1.0, 1.0)),
)

PAIRS = {"DOPRI5": DORMAND_PRINCE, "BS23": BOGACKI_SHAMPINE}

PERIOD = 64
"""Period of the step pattern: a number of tried steps, the last of which are short."""

SHORT = 12
"""Number of short steps in a period: they damp the fastest mode to 1e-6; the last half are quarter steps."""
