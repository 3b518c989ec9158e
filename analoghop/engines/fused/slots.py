"""What the kernels work on besides the equations: the slots of a tile, the queue of starts, the results."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers

Reals = NDArray[Any]

RUNNING, SETTLED, TIME_UP, FAILED, STOPPED = range(5)
"""What has become of a trajectory."""


class TileControl(NamedTuple):
    """How to step: tolerances (`atol` in input scales), the longest step and the unit of time in seconds.

    `edges`: times at which steps end, from the start to the end of the time span, `stops` of them; `marks`
    is the place of an edge in a trace, -1 where it is in none.
    `together`: trajectories begin only with the first step of a call.
    `settle`: end what rests; of every `period` steps the last are short ones (see `tableaux`), 0 for none.
    Before `quiet` nothing rests. A trajectory fails after `most` steps.
    """

    rtol: float
    atol: float
    max_step: float
    unit: float
    edges: Array
    stops: int
    marks: Integers
    together: bool
    settle: bool
    period: int
    quiet: float
    most: int


class TileSlots(NamedTuple):
    """`blocks` of `width` columns, then one more that prepares starts; one trajectory in each column.

    `work` holds the parts of each block, `span` numbers each.
    `row` is where a column's trajectory goes in the results, -1 in an empty slot. Per column: time `t` and
    the steps `planned` and taken, `h`, in seconds; `step` is `h` in own units; `took` is 1 where the last
    step was accepted; `error` and `unrest` are what `judge` found; `memory` is the logarithm of the last
    accepted error; `since` is the time since when it rests, NaN where it moves, and before `again` it is not
    to end for that; `edge` numbers the next edge.
    `ready`: prepared starts, (next, end). `signals` (signals, columns): what moves, at the moment.
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
    """`count` trajectories to be begun.

    States in units of the input scales, `starts` (count, n), and what else a tile knows of them, (count,);
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
    """Where trajectories go, one row each: states in volts (rows, n), `traces` (rows, length, n), and so on.

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
