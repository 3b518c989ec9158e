import numpy as np
import pytest

from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit

BOARD = """amplifier {0}
V1 in 0 1
{1}
R1 v u 1k
R2 u 0 1k
C1 u 0 1n
R3 in w 1k
C3 w 0 1n
R4 w 0 1k
"""


def amplifier(line):
    return compile_circuit(parse(BOARD.format("", line)))


@pytest.mark.parametrize(
    ("line", "kind", "gain", "value"),
    [
        ("B1 v 0 V=tanh(4*V(u))", "tanh", 4, lambda u: np.tanh(4 * u)),
        ("B1 v 0 V={tanh(-4*V(u))}", "tanh", 4, lambda u: -np.tanh(4 * u)),
        ("B1 v 0 V='2*tanh(4*V(u)/2)'", "tanh", 2, lambda u: 2 * np.tanh(2 * u)),
        ("E1 v 0 VALUE={1+tanh(4*(V(u)-0.5))}", "tanh", 4, lambda u: 1 + np.tanh(4 * (u - 0.5))),
        ("E1 v 0 vol='tanh(4*V(u))'", "tanh", 4, lambda u: np.tanh(4 * u)),
        ("B1 v 0 V=2/pi*atan(pi/2*3*V(u))", "arctan", 3, lambda u: 2 / np.pi * np.arctan(np.pi / 2 * 3 * u)),
        ("B1 v 0 V=1/(1+exp(-5*V(u)))", "logistic", 5, lambda u: 1 / (1 + np.exp(-5 * u))),
        ("B1 v 0 V=3/(1+exp(5*V(u)-1))", "logistic", 5, lambda u: 3 / (1 + np.exp(5 * u - 1))),
        ("B1 v 0 V=exp(5*V(u))/(1+exp(5*V(u)))", "logistic", 5, lambda u: 1 / (1 + np.exp(-5 * u))),
        ("B1 v 0 V=max(-2,min(2,3*V(u)))", "satlin", 1.5, lambda u: np.clip(3 * u, -2, 2)),
        ("B1 v 0 V=min(max(3*V(u),0),1)", "satlin", 6, lambda u: np.clip(3 * u, 0, 1)),
        ("B1 v 0 V=max(2*V(u)-1,0)", "rectifier", 1, lambda u: np.maximum(2 * u - 1, 0)),
        ("B1 v 0 V=uramp(V(u))", "rectifier", 1, lambda u: np.maximum(u, 0)),
        ("B1 v 0 V=0.5*abs(V(u))", "rectifier", 1, lambda u: 0.5 * np.abs(u)),
        ("B1 v 0 V=min(V(u),0.3)", "rectifier", 1, lambda u: np.minimum(u, 0.3)),
        (
            "E1 v 0 TABLE {V(u)} = (-1,-1) (0,0) (2,1)",
            "table",
            1,
            lambda u: np.interp(u, [-1, 0, 2], [-1, 0, 1]),
        ),
        (
            "B1 v 0 V=pwl(2*V(u),-2,-1,-1,-1,0,0,2,1,3,1)",
            "table",
            1,
            lambda u: np.interp(2 * u, [-1, 0, 2], [-1, 0, 1]),
        ),
        (
            "B1 v 0 V=0.5-3*pwl(0.3-2*V(u),-2,-1,-1,-1,0,0,2,1,3,1)",
            "table",
            1,
            lambda u: 0.5 - 3 * np.interp(0.3 - 2 * u, [-1, 0, 2], [-1, 0, 1]),
        ),
        ("B1 v 0 V=max(1-2*V(u),0.4)", "rectifier", 1, lambda u: np.maximum(1 - 2 * u, 0.4)),
        ("B1 v 0 V=min(1-2*V(u),V(u))", "rectifier", 1, lambda u: np.minimum(1 - 2 * u, u)),
        ("B1 v 0 V=2*abs(0.5-V(u))", "rectifier", 1, lambda u: 2 * np.abs(0.5 - u)),
        ("B1 v 0 V=max(min(1-3*V(u),2),-0.5)", "satlin", 2.4, lambda u: np.clip(1 - 3 * u, -0.5, 2)),
        ("B1 v 0 V=1/(3+2*exp(1-5*V(u)))", "logistic", 5, lambda u: 1 / (3 + 2 * np.exp(1 - 5 * u))),
        ("B1 v 0 V=atan(0.5-V(u))", "arctan", 2 / np.pi, lambda u: np.arctan(0.5 - u)),
        ("B1 v 0 V=pwl(V(u),-0.5,-1,0,0,0.5,2)", None, 1, lambda u: 2 * u if u < 0 else 4 * u),
        (
            "E1 v 0 u 0 tanh gain=-10 limit=2 ioffset=0.25 ooffset=2.5",
            "tanh",
            5,
            lambda u: 2.5 - 2 * np.tanh(10 * (u - 0.25) / 2),
        ),
        ("B1 v 0 V=sin(V(u))+V(u)^3", None, 1, lambda u: np.sin(u) + np.abs(u) ** 3),
    ],
)
def test_the_amplifier_behind_a_line(line, kind, gain, value):
    lure = amplifier(line)
    names = [activation.name for activation, _ in lure.amplifiers.blocks]
    if kind is not None:
        assert names == [kind]
        assert lure.amplifiers.gain[0, 0] == pytest.approx(gain, rel=1e-12)
    for u in (-0.7, 0.2, 0.9):
        x = np.full((lure.size, 1), u)
        assert lure.observe(0.0, x, ["v(v)"])[0, 0] == pytest.approx(value(u), rel=1e-12, abs=1e-12)


CLUSTER = """three transistors that share a current
C1 u1 0 1n
C2 u2 0 1n
C3 u3 0 1n
R1 v1 u1 10k
R2 v2 u2 10k
R3 v3 u3 10k
R4 u1 0 10k
R5 u2 0 10k
R6 u3 0 10k
{}
"""

DIFFERENCES = """B1 v1 0 V=1/(1+exp(9*(V(u2)-V(u1)))+exp(9*(V(u3)-V(u1))))
B2 v2 0 V=1/(1+exp(9*(V(u1)-V(u2)))+exp(9*(V(u3)-V(u2))))
B3 v3 0 V=1/(1+exp(9*(V(u2)-V(u3)))+exp(9*(V(u1)-V(u3))))"""

RATIOS = """B1 v1 0 V=exp(9*V(u1))/(exp(9*V(u1))+exp(9*V(u2))+exp(9*V(u3)))
B2 v2 0 V=exp(9*V(u2))/(exp(9*V(u1))+exp(9*V(u2))+exp(9*V(u3)))
B3 v3 0 V=exp(9*V(u3))/(exp(9*V(u1))+exp(9*V(u2))+exp(9*V(u3)))"""

OFFSETS = """B1 v1 0 V=2/(1+exp(9*(V(u2)-V(u1)-0.1))+exp(9*(V(u3)-V(u1))+0.2))
B2 v2 0 V=2/(1+exp(9*(V(u1)-V(u2)+0.1))+exp(9*(V(u3)-V(u2)+0.1)+0.2))
B3 v3 0 V=2/(1+exp(9*(V(u2)-V(u3)-0.1)-0.2)+exp(9*(V(u1)-V(u3))-0.2))"""


@pytest.mark.parametrize(
    ("text", "shift", "scale"),
    [(DIFFERENCES, [0, 0, 0], 1), (RATIOS, [0, 0, 0], 1), (OFFSETS, [0, -0.9, 0.2], 2)],
)
def test_a_softmax_cluster_is_one_amplifier(text, shift, scale):
    lure = compile_circuit(parse(CLUSTER.format(text)))
    ((activation, count),) = lure.amplifiers.blocks
    assert (activation.name, activation.size, count) == ("softmax", 3, 1)
    assert lure.network is not None
    assert lure.theorem.applies
    x = np.array([[0.1], [-0.05], [0.2]])
    weights = np.exp(9 * x[:, 0] + shift)
    expected = scale * weights / weights.sum()
    order = [lure.states.index(f"v(u{k})") for k in (1, 2, 3)]
    state = np.empty((3, 1))
    state[order] = x
    assert np.allclose(lure.observe(0.0, state, ["v(v1)", "v(v2)", "v(v3)"])[:, 0], expected, rtol=1e-12)


def test_sources_that_together_are_a_gradient_are_one_amplifier():
    text = "B1 v1 0 V=V(u1)^2*V(u2)^2*V(u1)\nB2 v2 0 V=0.5*V(u1)^4*V(u2)\nB3 v3 0 V=tanh(V(u3))"
    lure = compile_circuit(parse(CLUSTER.format(text)))
    kinds = sorted((a.inputs, a.outputs, a.gradient) for a, _ in lure.amplifiers.blocks)
    assert kinds == [(1, 1, True), (2, 2, True)]
    assert lure.theorem.name == "reciprocal circuit"
    assert lure.theorem.applies


def test_sources_that_are_no_gradient_have_no_energy():
    text = "B1 v1 0 V=tanh(V(u1)*V(u2))\nB2 v2 0 V=tanh(V(u1)-V(u2)^2)\nB3 v3 0 V=tanh(V(u3))"
    lure = compile_circuit(parse(CLUSTER.format(text)))
    assert not lure.has_energy


def test_an_inverting_twin_is_the_same_amplifier():
    text = "B1 v1 0 V=tanh(3*V(u1))\nB2 v2 0 V=tanh(-3*V(u1))\nB3 v3 0 V=-2*tanh(3*V(u1))+1"
    lure = compile_circuit(parse(CLUSTER.format(text)))
    assert lure.amplifiers.units == 1
    x = np.array([[0.1], [0.2], [0.3]])
    f = np.tanh(0.3 * x[list(lure.states).index("v(u1)"), 0] / 0.1)
    assert np.allclose(lure.observe(0.0, x, ["v(v1)", "v(v2)", "v(v3)"])[:, 0], [f, -f, 1 - 2 * f])


def test_a_source_of_time_alone_is_a_source():
    lure = amplifier("B1 v 0 V=sin(2*pi*1k*time)+2*time+V(w)")
    assert lure.amplifiers.units == 0
    x = np.zeros((lure.size, 1))
    expected = np.sin(2 * np.pi * 1e3 * 1e-4) + 2e-4
    assert lure.observe(1e-4, x, ["v(v)"])[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("body", "factor"),
    [
        ("tanh(V(g)*3*V({0}))", lambda t: 1e3 * t + 0.5),
        ("tanh(3*V({0})/V(g))", lambda t: 1 / (1e3 * t + 0.5)),
    ],
)
def test_a_source_that_multiplies_every_argument_is_the_schedule_of_the_gain(body, factor):
    lines = "".join(f"B{k} v{k} 0 V={body.format(f'u{k}')}\n" for k in (1, 2, 3))
    lure = compile_circuit(parse(CLUSTER.format(lines + "Vg g 0 PWL(0 0.5 1m 1.5)")))
    network = lure.network
    assert network is not None
    assert "frozen parameters" in lure.theorem.reason
    t = np.array([0.0, 4e-4, 2e-3])
    x = np.random.default_rng(0).normal(size=(3, 3))
    expected = np.tanh(3 * factor(np.minimum(t, 1e-3)) * x)
    assert np.allclose(network.outputs(t, x), expected)
    assert lure.breakpoints(1.0) == (1e-3,)
    assert np.allclose(lure.bind()(4e-4, x[:, 1]), lure.core.rate(t, lure.core.point(t, x)[0])[:, 1])


def test_a_factor_in_some_arguments_only_is_no_schedule():
    lines = "B1 v1 0 V=tanh(V(g)*V(u1))\nB2 v2 0 V=tanh(V(u2))\nB3 v3 0 V=tanh(V(u3))\nVg g 0 PWL(0 1 1m 2)"
    lure = compile_circuit(parse(CLUSTER.format(lines)))
    assert lure.gain_factor is None
    x = np.array([[0.1], [0.2], [0.3]])
    u1 = x[lure.states.index("v(u1)"), 0]
    assert lure.observe(5e-4, x, ["v(v1)"])[0, 0] == pytest.approx(np.tanh(1.5 * u1))


def test_the_balance_of_a_reciprocal_circuit_with_a_schedule():
    lines = "".join(f"B{k} v{k} 0 V=tanh(V(g)*V(u1,u{k % 3 + 1}))\n" for k in (1, 2))
    text = CLUSTER.format(lines + "B3 v3 0 V=0\nVg g 0 PWL(0 1 1u 2)").replace(
        "R1 v1 u1 10k\nR2 v2 u2 10k\n", ""
    )
    text += "G1 u1 0 v1 0 1m\nG2 u2 0 v1 0 -1m\nG3 u1 0 v2 0 1m\nG4 u3 0 v2 0 -1m\n"
    lure = compile_circuit(parse(text))
    assert lure.theorem.name == "reciprocal circuit"
    x, t, h = np.array([[0.3], [-0.1], [0.2]]), 3e-7, 1e-12
    flow = lure.flow(t, x)
    change = [sum(lure.energy(t + d, x + d * flow.rate).values())[0] for d in (h, -h)]
    assert (change[0] - change[1]) / (2 * h) == pytest.approx(
        float(flow.supplied[0] - flow.dissipated[0]), rel=1e-5
    )
    assert abs(flow.supplied[0]) > 1e-3 * flow.dissipated[0]


FALLING = """amplifiers that fall beyond 50 V
C1 a 0 1n ic=80
C2 b 0 1n ic=60
R1 a 0 100k
R2 b 0 100k
B1 v 0 V={0}
B2 w 0 V={1}
R3 v b 1k
R4 w a 1k
.tran 1u 20u uic
"""


@pytest.mark.parametrize(
    "form",
    ["{0}<50?tanh({0}):1-({0}-50)", "tanh({0})*(2-exp(({0}-50)/5))", "sin({0}/100)", "min(tanh({0}),60-{0})"],
)
def test_an_amplifier_that_falls_somewhere_has_no_theorem(form):
    lure = compile_circuit(parse(FALLING.format(form.format("V(a)"), form.format("V(b)"))))
    assert not lure.theorem.applies
    assert "not shown to be monotone" in lure.theorem.reason
    assert lure.has_energy


@pytest.mark.parametrize(
    "form", ["sinh({0}/90)+tanh({0})*0", "asinh(40*{0})", "tanh(asinh({0}))", "pwr({0},3)"]
)
def test_an_amplifier_that_rises_everywhere_has_the_theorem(form):
    lure = compile_circuit(parse(FALLING.format(form.format("V(a)"), form.format("V(b)"))))
    assert lure.theorem.applies
