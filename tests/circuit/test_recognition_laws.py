"""What is recognised in an expression has its values, whatever moves and saturates in it."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings

from analoghop.circuit.expressions import evaluate, format_expression, parse_expression
from analoghop.circuit.netlist import parse
from analoghop.circuit.recognition.factors import factored, proportional, single_ended
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.schedules import Constant, Schedule

BOARD = """a source that reads two states, a positive source g and a source s of both signs
Vg g 0 PWL(0 0.4 1m 2.5 2m 0.7)
Vs s 0 SIN(0.1 1.5 700)
R1 a 0 1k
C1 a 0 1u
R2 b 0 1k
C2 b 0 1u
B1 m 0 V={}
B2 n 0 V={}
Rm m a 1k
Rn n b 1k
"""
LEAVES = ["V(a)", "V(b)", "V(a,b)", "V(s)", "V(g)", "V(a,s)", "V(g,b)", "time*1k"]
NUMBERS = ["0.5", "2", "-1", "40", "-200"]


def affine(part):
    term = st.one_of(part, st.builds("{}*{}".format, st.sampled_from(NUMBERS), part))
    return st.lists(st.one_of(term, st.sampled_from(NUMBERS)), min_size=1, max_size=3).map("+".join)


def curve(part):
    inner = affine(part)
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(["tanh", "atan", "abs", "uramp", "sin", "sgn"]), inner),
        st.builds("1/(1+exp({}))".format, inner),
        st.builds("1/(1+exp({})+exp({}))".format, inner, inner),
        st.builds("max(-1,min(2,{}))".format, inner),
        st.builds("{}({},{})".format, st.sampled_from(["max", "min"]), inner, inner),
        st.builds("pwl({},-1,-2,-0.5,-2,1,3,2,3)".format, inner),
        st.builds("({})*({})".format, inner, inner),
    )


LEAF = st.sampled_from(LEAVES)
SCALED = st.one_of(
    LEAF,
    st.builds("V(g)*{}".format, LEAF),
    st.builds("{}/V(g)".format, LEAF),
    st.builds("V(g)*({})".format, affine(LEAF)),
    st.builds("({})/V(g)".format, affine(LEAF)),
    st.builds("V(s)*({})".format, affine(LEAF)),
)
CURVES = curve(st.one_of(SCALED, curve(LEAF)))
EXPRESSIONS = affine(st.one_of(CURVES, st.builds("V(g)*({})".format, affine(CURVES)), SCALED))


@given(EXPRESSIONS, EXPRESSIONS, st.integers(0, 2**32 - 1))
@settings(max_examples=120, deadline=None)
@example("V(g)*V(s)", "V(g)*time*1k", 0)
@example("tanh(V(g)*V(a)+0.5)", "tanh(V(g)*V(b)+0.5)", 0)
@example("abs(V(g)*V(a))", "max(V(g)*V(a),V(g)*V(b))", 0)
@example("tanh(200*(V(a)-V(s)))", "tanh(200*V(s))", 0)
@example("tanh(V(g)*(40*V(a)+0.5))", "2*tanh(V(g)*V(b))", 0)
@example("V(g)*tanh(V(g)*V(a))", "V(g)*tanh(V(g,b))", 0)
@example("V(a)", "tanh(tanh(0.5*V(g)+0.5*V(g)-V(g)))", 0)
@example("V(a)", "(1/(1+exp(0.5)))*(V(g)*V(a)+V(g)*V(b)+V(g)*(-200))", 0)
@example("tanh(V(a)/V(g))", "tanh(V(g)*V(b))", 0)
def test_a_source_has_the_value_of_its_expression_at_every_state_and_time(first, second, seed):
    lure = compile_circuit(parse(BOARD.format(first, second)))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 12)) * np.repeat([0.1, 1.0, 30.0], 4)
    t = rng.uniform(0.0, 3e-3, 12)
    voltages = dict(zip(lure.states, x, strict=True))
    voltages["v(g)"] = np.interp(t, [0.0, 1e-3, 2e-3], [0.4, 2.5, 0.7])
    voltages["v(s)"] = 0.1 + 1.5 * np.sin(2e3 * np.pi * 0.7 * t)
    voltages["v(0)"] = np.zeros(12)

    def lookup(leaf):
        return t if leaf == parse_expression("time") else voltages[f"v({leaf.a})"] - voltages[f"v({leaf.b})"]

    got = lure.observe(t, x, ["v(m)", "v(n)"])
    for text, values in zip((first, second), got, strict=True):
        expected = np.broadcast_to(evaluate(parse_expression(text), lookup), 12)
        size = 1.0 + np.abs(expected).max()
        # At a step of sgn the sum of the argument may round to either side.
        assert np.count_nonzero(np.abs(values - expected) > 1e-9 * size) <= ("sgn" in text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("V(g)*tanh(V(u))", "tanh(V(u))"),
        ("3*V(g)/2+V(g)*V(u)", "3/2+V(u)"),
        ("-(V(u)*V(g))", "-V(u)"),
        ("V(g)*V(g)/V(g)", "1"),
        ("V(u) > 0 ? V(g) : 2*V(g)", "V(u) > 0 ? 1 : 2"),
        ("V(g,0)*time", "time"),
        ("V(g)*V(u,g)", None),
        ("tanh(V(g))", None),
        ("V(g)+1", None),
        ("V(g)*V(g)", None),
        ("V(g) > 0 ? V(g) : 2*V(g)", None),
        ("abs(V(g))", None),
        ("V(u)/V(g)", None),
    ],
)
def test_a_factor_is_taken_out_where_the_form_shows_it(text, rest):
    got = proportional(parse_expression(text), parse_expression("V(g)"))
    if rest is None:
        assert got is None
        return
    point = {"V(u)": -0.7, "time": 0.3, "V(u,g)": 5.0}

    def lookup(leaf):
        return point[format_expression(leaf)]

    assert got is not None
    assert float(evaluate(got, lookup)) == pytest.approx(float(evaluate(parse_expression(rest), lookup)))


def test_a_divisor_is_a_factor_of_a_negative_power():
    found = factored(single_ended(parse_expression("2*V(u,w)/V(g)")), parse_expression("V(g)"))
    assert found is not None
    assert found.power == -1


@pytest.mark.parametrize(
    "signal",
    [
        Constant(-2.0),
        Schedule([0.0, 1.0], [3.0, -1.0]),
        Pulse(1.0, -2.0, 0.1, 0.1, 0.1, 0.2, 1.0),
        Pwl((0.0, 0.5, 1.0), (1.0, -3.0, 2.0)),
        Sine(0.5, -2.0, 3.0),
        Sine(0.5, 2.0, 3.0, theta=2.0),
        Exponential(1.0, 3.0, 0.1, 0.2, 0.5, 0.3),
        Exponential(1.0, 3.0, 0.1, 5.0, 0.2, 0.3),
    ],
)
def test_a_signal_stays_within_its_bounds(signal):
    low, high = signal.bounds
    values = signal.value(np.linspace(0.0, 3.0, 3001))
    assert low <= values.min()
    assert values.max() <= high


def test_a_gain_that_changes_its_sign_is_no_schedule():
    text = BOARD.format("tanh(V(s)*V(a))", "tanh(V(s)*V(b))")
    assert compile_circuit(parse(text)).gain_factor is None
    assert compile_circuit(parse(text.replace("V(s)*", "V(g)*"))).gain_factor is not None


def test_a_constant_inside_the_product_is_the_offset_of_an_amplifier_with_a_schedule():
    lure = compile_circuit(parse(BOARD.format("tanh(V(g)*(4*V(a)-1))", "tanh(4*V(g)*V(b))")))
    assert lure.network is not None
    assert lure.gain_factor is not None
    assert sorted(lure.amplifiers.offset[:, 0]) == [0.0, 0.25]


@pytest.mark.parametrize("form", ["tanh(V(g)*{}+0.5)", "abs(V(g)*{})", "tanh(V(g)*{}+V(s))"])
def test_what_the_source_does_not_multiply_is_no_schedule(form):
    lure = compile_circuit(parse(BOARD.format(form.format("V(a)"), form.format("V(b)"))))
    assert lure.gain_factor is None
