"""The data of a run that kernels read and write: step control, slots of a tile, queue of starts, results."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers

Reals = NDArray[Any]

RUNNING, SETTLED, TIME_UP, FAILED, STOPPED = range(5)
"""Status codes of a trajectory."""


class TileControl(NamedTuple):
    """Settings of a run: tolerances (`atol` in input scales), longest step and unit of time in seconds.

    `edges`: times at which steps end, from the start to the end of the time span, `stops` of them; `marks` is
    the index of each edge in the traces, -1 for an edge that is not recorded. `start_together`: trajectories
    begin only with the first step of a call. `settle`: end trajectories at rest; of every `period` steps the
    last are short (see `tableaux`), 0 for no short steps. No trajectory settles before the time `quiet`. A
    trajectory fails after `most` steps.
    """

    rtol: float
    atol: float
    max_step: float
    unit: float
    edges: Array
    stops: int
    marks: Integers
    start_together: bool
    settle: bool
    period: int
    quiet: float
    most: int


class TileSlots(NamedTuple):
    """`blocks` of `width` columns, and a further block that prepares starts; one trajectory per column.

    `work` holds the parts of each block, `span` numbers each. `row` is the row of a column's trajectory in
    the results, -1 for an empty slot. Per column: time `t` and the steps `planned` and taken, `h`, in
    seconds; `step` is `h` in own units; `took` is 1 if the last step was accepted; `error` and `unrest` are
    results of `judge`; `memory` is the logarithm of the last accepted error; `since` is the time since which
    the trajectory rests, NaN while it moves, and it does not end as settled before `again`; `edge` is the
    index of the next edge. `ready`: indices of prepared starts, (next, end). `signals` (signals, columns):
    the present values of the signals.
    """

    blocks: int
    width: int
    span: int
    work: Reals
    row: Integers
    t: Array
    planned: Array
    h: Array
    step: Reals
    took: Reals
    error: Reals
    unrest: Reals
    memory: Array
    since: Array
    again: Array
    edge: Integers
    accepted: Integers
    tried: Integers
    ready: Integers
    signals: Reals


class Queue(NamedTuple):
    """A queue of `count` trajectories to start.

    States in units of the input scales, `starts` (count, n), and their further slot variables, (count,);
    `next` (1,) is the first that has not been taken.
    """

    count: int  # type: ignore[assignment]  # not the method of tuples
    starts: Array
    row: Integers
    t: Array
    since: Array
    again: Array
    accepted: Integers
    tried: Integers
    next: Integers


class Results(NamedTuple):
    """The results of trajectories, one row each: states in volts (rows, n), `traces` (rows, length, n), etc.

    `scale` (n,) turns states into volts.
    """

    scale: Array
    states: Array
    length: int
    traces: Array
    status: NDArray[np.int8]
    t: Array
    since: Array
    accepted: Integers
    tried: Integers
