"""Strategies for whole circuits and for deck text; other tests may use them."""

from expression_trees import TREES
from hypothesis import strategies as st

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    DiodeModel,
    Inductor,
    MutualInductance,
    Resistor,
    Switch,
    SwitchModel,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import (
    Call,
    Current,
    Number,
    Variable,
    Voltage,
    leaves,
    simplify,
    substitute,
)
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Instant,
    IntervalMeasure,
    MonteCarlo,
    StatisticMeasure,
    Sweep,
    Tran,
)
from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.errors import NetlistError
from analoghop.schedules import Constant

FINITE = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
POSITIVE = st.floats(1e-15, 1e15)
NODES = ["a", "b", "out", "5", "n_1", "x1.n", "x1.x2.m", "u#3", "q+", "é"]

SIGNALS = st.one_of(
    st.builds(Constant, FINITE),
    st.builds(Pulse, FINITE, FINITE, FINITE, *[POSITIVE] * 4),
    st.dictionaries(st.integers(-9, 10**9), st.floats(-1e9, 1e9), min_size=1, max_size=6).map(
        lambda points: Pwl(
            tuple(t * 0.7e-7 for t in sorted(points)), tuple(points[t] for t in sorted(points))
        )
    ),
    st.builds(Pulse, FINITE, FINITE, FINITE, *[POSITIVE] * 4, st.integers(1, 9).map(float)),
    st.builds(lambda a, b: Pwl((0.0, 1.0, 2.0), (a, b, a), 0.0), FINITE, FINITE),
    st.builds(Sine, FINITE, FINITE, POSITIVE, FINITE, FINITE, FINITE),
    st.builds(
        lambda v1, v2, a, tau1, b, tau2: Exponential(v1, v2, min(a, b), tau1, max(a, b), tau2),
        FINITE,
        FINITE,
        *[POSITIVE] * 4,
    ),
)


@st.composite
def _renamed(draw, trees, nodes, sources):
    """A tree whose leaves are nodes and sources of the circuit."""
    tree = draw(trees)
    mapping = {}
    for leaf in leaves(tree):
        if isinstance(leaf, Voltage):
            mapping[leaf] = Voltage(draw(nodes), draw(st.one_of(st.just("0"), nodes)))
        elif isinstance(leaf, Current):
            mapping[leaf] = Current(draw(sources))
    return substitute(tree, mapping)


def _own_function(node):
    return isinstance(node, Call) and (
        node.function.endswith("()") or any(_own_function(a) for a in node.arguments)
    )


def _accepted(tree):
    """Whether a deck without functions of its own may hold the tree."""
    try:
        simplify(tree, strict=True)
    except NetlistError:
        return False
    return not _own_function(tree)


@st.composite
def _measures(draw, observed):
    event = st.one_of(
        st.builds(Instant, st.floats(0, 1)),
        st.builds(
            Crossing,
            observed,
            st.one_of(observed, FINITE.map(Number)),
            st.sampled_from(["rise", "fall", "cross"]),
            st.integers(0, 9),
            st.floats(0, 1),
        ),
    )
    crossing = event.filter(lambda when: isinstance(when, Crossing))
    stop = st.one_of(st.none(), st.floats(0, 1))
    kinds = st.sampled_from(["max", "min", "avg", "rms", "integ", "pp", "max_at", "min_at"])
    names = draw(st.lists(st.sampled_from(["m1", "m2", "rise", "t_half", "peak"]), max_size=4, unique=True))
    found = []
    for name in names:
        kind = st.one_of(
            st.builds(FindMeasure, st.just(name), observed, event.filter(lambda e: isinstance(e, Instant))),
            st.builds(FindMeasure, st.just(name), st.none() | observed, crossing, st.floats(0, 1), stop),
            st.builds(StatisticMeasure, st.just(name), kinds, observed, st.floats(0, 1), stop),
            st.builds(IntervalMeasure, st.just(name), event, event),
            st.builds(
                DerivedMeasure,
                st.just(name),
                st.builds(lambda x, y: Call("sub", (x, y)), *[st.sampled_from(names).map(Variable)] * 2),
            ),
        )
        found.append(draw(kind))
    return tuple(found)


@st.composite
def circuits(draw) -> Circuit:
    """Circuits of every kind of element and request; electrically they may be nonsense."""
    names = draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=6, unique=True))
    node = st.sampled_from([*names, "0"])
    inner = st.sampled_from(names)
    elements = [Resistor(f"rg{k}", name, "0", draw(POSITIVE)) for k, name in enumerate(names)]
    elements += [VoltageSource("vs", draw(node), draw(node), draw(SIGNALS))]
    trees = _renamed(TREES.filter(_accepted), inner, st.just("vs"))
    kinds = [
        lambda k: st.builds(Resistor, st.just(f"r.x1.r{k}"), node, node, POSITIVE),
        lambda k: st.builds(Capacitor, st.just(f"c{k}"), node, node, POSITIVE, st.none() | FINITE),
        lambda k: st.builds(CurrentSource, st.just(f"i{k}"), node, node, SIGNALS),
        lambda k: st.builds(VoltageSource, st.just(f"v{k}"), node, node, SIGNALS),
        lambda k: st.builds(VoltageControlledVoltage, st.just(f"e{k}"), node, node, inner, node, FINITE),
        lambda k: st.builds(VoltageControlledCurrent, st.just(f"g{k}"), node, node, inner, node, FINITE),
        lambda k: st.builds(BehaviouralVoltage, st.sampled_from([f"b{k}", f"e{k}"]), node, node, trees),
        lambda k: st.builds(BehaviouralCurrent, st.sampled_from([f"b{k}", f"g{k}"]), node, node, trees),
    ]
    control = st.one_of(st.builds(Voltage, inner, node), st.just(Current("vs")))
    junction = (POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.none() | POSITIVE, st.just(1e-3))
    plain = (st.just(1.0), st.just(0.0), st.just(0.5), st.just(0.0))
    charged = (POSITIVE, st.floats(0.1, 0.9), st.floats(0.0, 0.9), POSITIVE)
    diodes = st.builds(DiodeModel, *junction, *plain) | st.builds(DiodeModel, *junction, *charged)
    switches = st.builds(SwitchModel, FINITE, POSITIVE, POSITIVE, st.just(0.0) | POSITIVE)
    kinds += [
        lambda k: st.builds(CurrentControlledCurrent, st.just(f"f{k}"), node, node, st.just("vs"), FINITE),
        lambda k: st.builds(CurrentControlledVoltage, st.just(f"h{k}"), node, node, st.just("vs"), FINITE),
        lambda k: st.builds(BehaviouralCurrent, st.just(f"f{k}"), node, node, trees),
        lambda k: st.builds(BehaviouralVoltage, st.just(f"h{k}"), node, node, trees),
        lambda k: st.builds(Inductor, st.just(f"l{k}"), node, node, POSITIVE, st.none() | FINITE),
        lambda k: st.builds(
            TransmissionLine,
            st.just(f"t{k}"),
            *(node, node, node, node, POSITIVE, POSITIVE),
            st.none() | st.tuples(FINITE, FINITE, FINITE, FINITE),
        ),
        lambda k: st.builds(Diode, st.just(f"d{k}"), node, node, diodes),
        lambda k: control.flatmap(
            lambda read: st.builds(
                Switch,
                st.just(f"{'s' if isinstance(read, Voltage) else 'w'}{k}"),
                node,
                node,
                st.just(read),
                switches,
            )
        ),
    ]
    for k, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=6))):
        elements.append(draw(kind(k)))
    coils = [e.name for e in elements if isinstance(e, Inductor)]
    factor = st.floats(-0.99, 0.99)
    couplings = tuple(
        MutualInductance(f"k{k}", a, b, draw(factor))
        for k, (a, b) in enumerate(zip(coils, coils[1:], strict=False))
    )
    settings = st.dictionaries(inner, FINITE, max_size=3).map(lambda found: tuple(found.items()))
    span = st.floats(1e-9, 1.0)
    scatter = st.dictionaries(st.sampled_from(["tolerance", "offset"]), st.sampled_from(["1%", "2m"]))
    drawn = st.builds(
        MonteCarlo, st.integers(1, 9), st.integers(0, 9), scatter.map(lambda found: tuple(found.items()))
    )
    tran = st.builds(
        lambda step, stop, share, most, uic: Tran(step, stop, share * stop, most, uic),
        span,
        span,
        st.sampled_from([0.0, 0.25]),
        st.none() | span,
        st.booleans(),
    )
    options = st.dictionaries(
        st.sampled_from(["reltol", "trtol", "noacct", "method"]), st.sampled_from(["", "1e-6", "trap", "7"])
    )
    signals = st.sampled_from([*(f"v({name})" for name in names), "i(vs)"])
    values = st.lists(FINITE, min_size=1, max_size=5).map(tuple)
    sweeps = st.dictionaries(st.sampled_from(["gn", "rg0", "list"]), values, max_size=2)
    title = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), max_size=20)
    return Circuit(
        title=draw(title),
        elements=tuple(elements),
        tran=draw(st.none() | tran),
        op=draw(st.booleans()),
        initial=draw(settings),
        nodeset=draw(settings),
        options=tuple(draw(options).items()),
        saves=tuple(draw(st.lists(signals, max_size=3, unique=True))),
        measures=draw(_measures(st.one_of(trees, st.builds(Voltage, inner)))),
        couplings=couplings,
        sweeps=tuple(Sweep(*pair) for pair in draw(sweeps).items()),
        monte_carlo=draw(st.none() | drawn),
    )


SAMPLE = """sample
.param g=3 vsat={g/3} tau=1u
.func limiter(x, s) {s*tanh(x/s)}
.subckt amp in out params: gain=5 vsat=1
Ep p 0 VALUE={vsat*tanh(gain*V(in)/vsat)}
Ro p out 1k
.ends amp
V1 drive 0 DC 1 PULSE(0 1 1u 0.1u 0.1u 4u 10u)
V2 b 0 PWL(0 0 1u 1
+ 2u 0) ; tail
I1 0 u1 SIN(0 1m 100k)
X1 u1 v1 amp gain={g}
X2 u2 v2 amp params: gain=2 vsat='vsat*2'
R1 v1 u2 1k
R2 v2 u1 2k2
Rd drive u1 {tau*1e9}
C1 u1 0 1n IC=0.1
C2 u2 0 {1n}
E1 e 0 TABLE {V(u1)} = (0,0) (1,2)
B1 q 0 V=limiter(V(u1,u2)^2, {g}) + I(V1) > 2 ? 1 : pwl(V(b), 0,0, 1,1)
E2 f 0 u1 0 tanh gain=2 limit=1
.if (g > 2)
Rq q 0 1meg
.else
Rq q 0 2meg
.endif
.ic v(u1)=0.1 v(u2)={-vsat}
.options reltol=1e-6 noacct
.save v(u1) i(v1)
.tran 0.1u 10u uic
.meas tran m1 WHEN v(u1)=0.5 RISE=1
.meas tran m2 TRIG v(u1) VAL=0.1 RISE=1 TARG v(u2) VAL=0.5 CROSS=LAST
.meas tran m3 PARAM='m1*2'
*!analoghop step param g list 1 2 3
*!analoghop mc parts=10 elements=r* tolerance=1%
.end
"""
_SCRAPS = [
    *"{}()'\"=,;+*/^?:&|!<>.$@#\\~\t\r\x00\x0c\xa0é",
    "İ",
    "//",
    "\n",
    "\n+ ",
    "\n.",
    "1e999",
    "-1",
    "nan",
    "1_0",
    "2k2",
    "1meg",
    ".param ",
    ".subckt a b\n",
    ".ends\n",
    ".if (1)\n",
    ".else\n",
    ".endif\n",
    ".func f(x) {f(x)}\n",
    "x1 a b amp\n",
    "pwl(",
    "table ",
    "value=",
    "tanh ",
    "poly(1)",
    ".meas tran ",
    ".tran ",
    ".include x\n",
    ".lib a b\n",
    ".lib a\n",
    ".control\n",
    ".endc\n",
    ".ic v(",
    ".save ",
    "*!analoghop step ",
    "V(",
    "I(",
    "time",
    "temper",
    "pi",
    ".step ",
    ".global ",
    "l1 a b 1\n",
    "r1 a 0 1\n",
    "dc ",
    "gnd",
]


@st.composite
def decks(draw) -> str:
    """Text that is nearly a deck: a sample with pieces left out, doubled, moved and put in."""
    text = draw(st.sampled_from([SAMPLE, SAMPLE.replace("\n+ ", " "), "t\nr1 a 0 1\n"]))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            text = text[:start] + text[stop:]
        elif kind == 1:
            text = text[:stop] + text[start:]
        elif kind == 2:
            rows = text.split("\n")
            source, target = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows) - 1))
            rows.insert(target, rows[source])
            text = "\n".join(rows)
        else:
            text = text[:start] + draw(st.sampled_from(_SCRAPS)) + text[start if kind == 3 else stop :]
    return text
