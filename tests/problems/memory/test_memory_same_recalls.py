"""Discrete recalls are, for the same seeds, bit for bit those that the first release of the models made."""

import zlib

import numpy as np
import pytest

from analoghop.engines.choice import numba_installed
from analoghop.memory.cues import make_cues
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.rules import hebbian, sequence
from analoghop.memory.weights import Weights
from analoghop.schedules import Schedule

MEMORY = Memory.random(30, 5, 3)
OTHER = Memory.random(80, 9, 1)
RNG = np.random.default_rng(11)
W = RNG.normal(size=(30, 30)) * (1.0 - np.eye(30))
INTERACTIONS = {
    "hebbian": hebbian(MEMORY),
    "asymmetric": Weights(W, RNG.normal(size=30), "binary"),
    "cycle": sequence(MEMORY),
    "exponential": DenseMemory(MEMORY, beta=0.3),
    "polynomial": DenseMemory(MEMORY, "polynomial", degree=3.5),
}
COOL = Schedule(np.array([0.0, 9.0]), np.array([1.2, 0.0]))
PLANS = {
    "random": Sweeps(longest=90),
    "fixed": Sweeps(order="fixed", longest=90),
    "sync": Sweeps("sync", longest=90),
    "warm": Sweeps(temperature=0.6, longest=150, warm_up=20),
    "warm fixed": Sweeps(order="fixed", temperature=0.6, longest=11),
    "warm sync": Sweeps("sync", temperature=0.6, longest=30),
    "cooled": Sweeps(temperature=COOL, longest=90),
    "cooled sync": Sweeps("sync", temperature=COOL, longest=90),
}
CUES = np.random.default_rng(5).choice([-1.0, 0.0, 1.0], (30, 7), p=[0.4, 0.2, 0.4])

# Checksums of the states, sweeps, periods, checksums of the averages and of their halves, summed energies.
KNOWN = {
    ("hebbian", "random"): (
        3010891462,
        [3, 2, 2, 2, 2, 3, 3],
        [1, 1, 1, 1, 1, 1, 1],
        184519183,
        3044348175,
        -93.1,
    ),
    ("hebbian", "fixed"): (
        2915925859,
        [3, 3, 3, 2, 3, 3, 3],
        [1, 1, 1, 1, 1, 1, 1],
        2242027858,
        373519859,
        -92.5,
    ),
    ("hebbian", "sync"): (
        3016374799,
        [7, 6, 4, 5, 9, 3, 4],
        [1, 1, 2, 1, 1, 1, 2],
        879924190,
        1941626222,
        -91.766666667,
    ),
    ("hebbian", "warm"): (
        3133110411,
        [150, 150, 150, 150, 150, 150, 150],
        [0, 0, 0, 0, 0, 0, 0],
        3868781988,
        958659861,
        -67.566666667,
    ),
    ("hebbian", "warm fixed"): (
        274118222,
        [11, 11, 11, 11, 11, 11, 11],
        [0, 0, 0, 0, 0, 0, 0],
        1734850827,
        2244601672,
        -69.433333333,
    ),
    ("hebbian", "warm sync"): (
        4133981132,
        [30, 30, 30, 30, 30, 30, 30],
        [0, 0, 0, 0, 0, 0, 0],
        1442186787,
        3059223831,
        -58.1,
    ),
    ("hebbian", "cooled"): (
        2147624522,
        [11, 10, 10, 10, 10, 11, 10],
        [1, 1, 1, 1, 1, 1, 1],
        1527661911,
        2566646853,
        -93.033333333,
    ),
    ("hebbian", "cooled sync"): (
        3315454632,
        [11, 10, 10, 11, 11, 13, 12],
        [1, 1, 1, 1, 1, 1, 2],
        1019811114,
        4076870060,
        -90.966666667,
    ),
    ("asymmetric", "random"): (
        1845277044,
        [86, 15, 5, 13, 4, 31, 28],
        [1, 1, 1, 1, 1, 1, 1],
        758430312,
        3512552614,
        -212.611038689,
    ),
    ("asymmetric", "fixed"): (
        1363513911,
        [90, 90, 90, 90, 90, 4, 90],
        [0, 0, 0, 0, 0, 1, 0],
        3424703856,
        1226556834,
        -181.855103894,
    ),
    ("asymmetric", "sync"): (
        3152387680,
        [56, 56, 32, 80, 32, 56, 80],
        [24, 24, 1, 16, 16, 24, 16],
        4103191291,
        2196537612,
        -197.252345515,
    ),
    ("asymmetric", "warm"): (
        4230938086,
        [150, 150, 150, 150, 150, 150, 150],
        [0, 0, 0, 0, 0, 0, 0],
        1450078969,
        2192897046,
        -161.417749776,
    ),
    ("asymmetric", "warm fixed"): (
        3753017795,
        [11, 11, 11, 11, 11, 11, 11],
        [0, 0, 0, 0, 0, 0, 0],
        3941625371,
        3710789171,
        -147.35708075,
    ),
    ("asymmetric", "warm sync"): (
        2412409232,
        [30, 30, 30, 30, 30, 30, 30],
        [0, 0, 0, 0, 0, 0, 0],
        924637514,
        1833388591,
        -156.286222143,
    ),
    ("asymmetric", "cooled"): (
        1845277044,
        [12, 16, 16, 24, 23, 25, 30],
        [1, 1, 1, 1, 1, 1, 1],
        758430312,
        3512552614,
        -212.611038689,
    ),
    ("asymmetric", "cooled sync"): (
        2203315342,
        [64, 56, 56, 90, 64, 56, 64],
        [24, 16, 16, 0, 24, 16, 24],
        1117215521,
        1449168086,
        -157.84327564,
    ),
    ("cycle", "random"): (
        3349495864,
        [5, 6, 7, 7, 6, 6, 4],
        [1, 1, 1, 1, 1, 1, 1],
        3823631903,
        2372952986,
        -77.091182365,
    ),
    ("cycle", "fixed"): (
        1050330315,
        [10, 3, 8, 9, 4, 90, 4],
        [1, 1, 1, 1, 1, 0, 1],
        1151849779,
        270722229,
        -74.469789579,
    ),
    ("cycle", "sync"): (
        936593037,
        [13, 13, 13, 13, 13, 13, 13],
        [5, 5, 5, 5, 5, 5, 5],
        2582237260,
        3232966667,
        -1.388476954,
    ),
    ("cycle", "warm"): (
        1457561457,
        [150, 150, 150, 150, 150, 150, 150],
        [0, 0, 0, 0, 0, 0, 0],
        1610351076,
        1193453679,
        -31.778657315,
    ),
    ("cycle", "warm fixed"): (
        3068671553,
        [11, 11, 11, 11, 11, 11, 11],
        [0, 0, 0, 0, 0, 0, 0],
        2219223784,
        4216272743,
        -27.803181363,
    ),
    ("cycle", "warm sync"): (
        4269251195,
        [30, 30, 30, 30, 30, 30, 30],
        [0, 0, 0, 0, 0, 0, 0],
        3098451973,
        2943811227,
        1.216708417,
    ),
    ("cycle", "cooled"): (
        3419869989,
        [16, 14, 16, 11, 11, 11, 10],
        [1, 1, 1, 1, 1, 1, 1],
        413782481,
        1689561146,
        -77.091182365,
    ),
    ("cycle", "cooled sync"): (
        888253002,
        [15, 15, 15, 15, 15, 15, 25],
        [5, 5, 5, 5, 5, 5, 5],
        2798257150,
        345907410,
        5.0,
    ),
    ("exponential", "random"): (
        2935571618,
        [2, 2, 2, 2, 2, 2, 2],
        [1, 1, 1, 1, 1, 1, 1],
        2287609749,
        1844702359,
        -210.022358836,
    ),
    ("exponential", "fixed"): (
        1227539073,
        [2, 2, 2, 2, 2, 2, 2],
        [1, 1, 1, 1, 1, 1, 1],
        56066519,
        2719952479,
        -210.025401926,
    ),
    ("exponential", "sync"): (
        1227539073,
        [2, 3, 2, 2, 3, 2, 3],
        [1, 1, 1, 1, 1, 1, 1],
        56066519,
        2719952479,
        -210.025401926,
    ),
    ("exponential", "warm"): (
        2036273491,
        [150, 150, 150, 150, 150, 150, 150],
        [0, 0, 0, 0, 0, 0, 0],
        3386436032,
        1643611405,
        -198.039046893,
    ),
    ("exponential", "warm fixed"): (
        2487289691,
        [11, 11, 11, 11, 11, 11, 11],
        [0, 0, 0, 0, 0, 0, 0],
        3510839927,
        1393783000,
        -202.030752728,
    ),
    ("exponential", "warm sync"): (
        2970132808,
        [30, 30, 30, 30, 30, 30, 30],
        [0, 0, 0, 0, 0, 0, 0],
        3882042475,
        1285858396,
        -194.036741782,
    ),
    ("exponential", "cooled"): (
        2497226492,
        [10, 10, 10, 10, 10, 10, 10],
        [1, 1, 1, 1, 1, 1, 1],
        2970068301,
        1705138309,
        -210.024906484,
    ),
    ("exponential", "cooled sync"): (
        2935571618,
        [10, 10, 10, 10, 10, 10, 10],
        [1, 1, 1, 1, 1, 1, 1],
        2287609749,
        1844702359,
        -210.022358836,
    ),
    ("polynomial", "random"): (
        2935571618,
        [2, 2, 2, 2, 2, 2, 2],
        [1, 1, 1, 1, 1, 1, 1],
        2287609749,
        1844702359,
        -60.145241925,
    ),
    ("polynomial", "fixed"): (
        1227539073,
        [2, 2, 2, 2, 2, 2, 2],
        [1, 1, 1, 1, 1, 1, 1],
        56066519,
        2719952479,
        -60.176563743,
    ),
    ("polynomial", "sync"): (
        3477260257,
        [2, 2, 2, 2, 2, 2, 1],
        [1, 1, 1, 1, 1, 1, 1],
        301953251,
        919601849,
        -51.597716284,
    ),
    ("polynomial", "warm"): (
        302375405,
        [150, 150, 150, 150, 150, 150, 150],
        [0, 0, 0, 0, 0, 0, 0],
        1969532700,
        2234459344,
        -1.236268239,
    ),
    ("polynomial", "warm fixed"): (
        1655923307,
        [11, 11, 11, 11, 11, 11, 11],
        [0, 0, 0, 0, 0, 0, 0],
        817954447,
        2756803201,
        -3.04996163,
    ),
    ("polynomial", "warm sync"): (
        1364740748,
        [30, 30, 30, 30, 30, 30, 30],
        [0, 0, 0, 0, 0, 0, 0],
        578070327,
        4027763314,
        -0.101049561,
    ),
    ("polynomial", "cooled"): (
        2724973319,
        [10, 11, 11, 11, 11, 10, 11],
        [1, 1, 1, 1, 1, 1, 1],
        604280806,
        548348506,
        -60.146874373,
    ),
    ("polynomial", "cooled sync"): (
        824741440,
        [11, 11, 11, 11, 11, 11, 11],
        [1, 1, 1, 1, 1, 1, 1],
        1713007887,
        3634227619,
        -60.200787635,
    ),
}
# Checksums of the signs read out, which cues settled, sweeps.
RECALLS = {
    ("hebbian", "binary", "async"): (
        37267619,
        [True, True, True, True, True, True, True, True, True],
        [4, 3, 3, 3, 3, 2, 6, 3, 2],
    ),
    ("hebbian", "binary", "sync"): (
        991355185,
        [True, True, True, True, True, True, True, True, True],
        [4, 4, 3, 4, 3, 3, 4, 3, 5],
    ),
    ("hebbian", "stochastic", "async"): (
        4131510444,
        [True, False, True, True, True, True, False, True, True],
        [60, 0, 60, 60, 60, 60, 0, 60, 60],
    ),
    ("hebbian", "stochastic", "sync"): (
        3136180419,
        [False, True, True, True, True, True, True, True, True],
        [0, 60, 60, 60, 60, 60, 60, 60, 60],
    ),
    ("modern", "binary", "async"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    ("modern", "binary", "sync"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    ("modern", "stochastic", "async"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [60, 60, 60, 60, 60, 60, 60, 60, 60],
    ),
    ("modern", "stochastic", "sync"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [60, 60, 60, 60, 60, 60, 60, 60, 60],
    ),
    ("polynomial", "binary", "async"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    ("polynomial", "binary", "sync"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [2, 2, 2, 2, 2, 2, 2, 2, 2],
    ),
    ("polynomial", "stochastic", "async"): (
        435301176,
        [True, True, True, True, True, True, True, True, True],
        [60, 60, 60, 60, 60, 60, 60, 60, 60],
    ),
    ("polynomial", "stochastic", "sync"): (
        2145239680,
        [True, True, True, True, True, True, True, True, True],
        [60, 60, 60, 60, 60, 60, 60, 60, 60],
    ),
}


def checksum(values):
    return zlib.crc32(np.ascontiguousarray(values).tobytes())


def has_compiled(interaction, plan):
    return isinstance(INTERACTIONS[interaction], Weights) and PLANS[plan].update == "async"


RUNS = [(*case, "numpy") for case in KNOWN]
if numba_installed():
    RUNS += [(*case, "fused") for case in KNOWN if has_compiled(*case)]


@pytest.mark.parametrize(("interaction", "plan", "engine"), RUNS)
def test_the_same_seeds_give_the_same_runs(interaction, plan, engine):
    memory = INTERACTIONS[interaction]
    end = discrete_run(memory, CUES, PLANS[plan], seed=9, index=np.arange(4, 11), engine=engine)
    states, sweeps, period, average, halves, energy = KNOWN[interaction, plan]
    assert checksum(end.states > 0) == states
    assert end.steps.tolist() == sweeps
    assert end.extras["period"].tolist() == period
    assert checksum(end.outputs) == average
    assert checksum(end.extras.get("halves", np.array([end.states] * 2))) == halves
    machine = DiscreteMemory(memory, PLANS[plan])
    assert machine.energy(0.0, end.states)["interaction"].sum() == pytest.approx(energy, abs=1e-8)
    assert end.ran.compiled == (engine == "fused")


@pytest.mark.parametrize(("rule", "model", "update"), RECALLS)
def test_the_same_seeds_give_the_same_recalls(rule, model, update):
    recipe = MemoryRecipe(rule, model, update=update, temperature=0.3, sweeps=60)
    recall = recipe.build(OTHER).recall(make_cues(OTHER, noise=0.3, seed=2), seed=5)
    signs, settled, sweeps = RECALLS[rule, model, update]
    assert checksum(recall.signs) == signs
    assert recall.settled.tolist() == settled
    assert np.nan_to_num(recall.effort).astype(int).tolist() == sweeps
