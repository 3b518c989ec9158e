"""Parameters, functions, conditions and subcircuits: names and values after expansion."""

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.elements import BehaviouralVoltage, Capacitor, Resistor, VoltageControlledVoltage
from analoghop.circuit.expressions import Call, Current, Number, Variable, Voltage
from analoghop.errors import NetlistError


def parse(text, **options):
    return netlist.parse(f"title\n{text}\n.end\n", file="deck.cir", **options)


def values(text, **options):
    return {e.name: e.value for e in parse(text, **options).elements if isinstance(e, Resistor)}


def refusal(text):
    with pytest.raises(NetlistError) as caught:
        parse(f"r0 a 0 1\n{text}")
    assert caught.value.where is not None
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        ".param a=6",
        ".param a = 6",
        ".PARAM A={6}",
        ".param a='2*3'",
        ".param a=2*b b=3",
        ".param a={b*c} c=3\n.param b=2",
        ".param b=2, c=3, a={b*c}",
        ".param b = 2 + 1 a = b + b",
        ".param a=5\n.param a=6",
        ".param pi=2 e={pi+1} a={pi*e}",
        ".param a={max(2, min(6, 9))}",
        ".param a={1 > 2 ? 3 : 6}",
        ".param a={b == 2} b=2\n.param a={5+(b==2)}",
        ".param a={temper-44}\n.temp 50",
        ".func f(x, y) {x*y}\n.param a={f(2,3)}",
        ".func f(x) = 'g(x)+1'\n.func g(x) {x+b}\n.param a={f(3)} b=2",
        ".func f() {6}\n.param a={f()}",
        ".func sqrt(x) {x}\n.param a={sqrt(6)}",
    ],
)
def test_parameters_may_stand_in_any_order(text):
    for deck in (f"{text}\nr1 a 0 {{a}}", f"r1 a 0 {{a}}\n{text}", f"{text}\nr1 a 0 r='a'"):
        assert values(deck) == {"r1": 6.0}


def test_errors_inside_a_call_name_the_call():
    message = refusal("x7 a s g=-1\n.subckt s p g=1\nx1 p t h={g}\n.ends\n.subckt t p h=1\nr1 p 0 {h}\n.ends")
    assert message.startswith(
        "deck.cir:8:9: the resistance is -1 (in the call x7 at deck.cir:3:1); expected a p"
    )


def test_long_chains_of_parameters_need_no_stack():
    chain = " ".join(f"p{k}={{p{k + 1}+1}}" for k in range(3000))
    assert values(f".param {chain} p3000=0\nr1 a 0 {{p0}}") == {"r1": 3000.0}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (".param a={b} b={c+1} c={2*a}", "a -> b -> c -> a"),
        (".param a={b} b={b1} b1={b}", "b -> b1 -> b"),
        (".subckt s p q={w} w={q}\nr1 p 0 {q}\n.ends\nx1 a s", "q -> w -> q"),
        (".subckt s p q=1 w=2\nr1 p 0 {q}\n.ends\nx1 a s q={w} w={q}", "q -> w -> q"),
    ],
)
def test_parameters_that_rest_on_themselves_are_refused(text, shown):
    assert f"the parameters define each other in a circle: {shown}" in refusal(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (".param a={a+1}", "there is no parameter `a`"),
        (".param a={b}", "there is no parameter `b`"),
        (".param a=", "`a=` has no value"),
        (".param a", "a parameter needs a name and a value"),
        (".param time=1", "`time` cannot be a parameter"),
        (".param a={v(a)}", "cannot depend on voltages"),
        (".param a={1/0}", "divides by zero"),
        (".param a={exp(1000)*exp(1000)}", "finite"),
        (".func f {x}", "this defines no function"),
        (".func f(x)", "this defines no function"),
        (".func f(x,x) {x}", "two arguments have the same name"),
        (".func f(2) {x}", "`2` cannot be an argument"),
        (".func f(x) {f(x)}\nr1 a 0 {f(1)}", "calls itself"),
        (".func f(x) {x}\nr1 a 0 {f(1,2)}", "takes 1 argument"),
        (".func f(x) {x+q}\nr1 a 0 {f(1)}", "there is no parameter `q`"),
    ],
)
def test_other_definitions_are_refused(text, reason):
    assert reason in refusal(text)


def test_functions_that_call_each_other_too_deeply_are_refused():
    chain = "".join(f".func f{k}(x) {{f{k + 1}(x)+1}}\n" for k in range(2000))
    assert "deep" in refusal(f"{chain}.func f2000(x) {{x}}\nr1 a 0 {{f0(1)}}")


def test_functions_that_grow_exponentially_are_refused():
    chain = "".join(f".func f{k}(x) {{f{k + 1}(x)+f{k + 1}(x)}}\n" for k in range(40))
    assert "parts" in refusal(f"{chain}.func f40(x) {{x}}\nr1 a 0 {{f0(1)}}")


@pytest.mark.parametrize(("g", "value"), [(1, 30.0), (2, 20.0), (3, 10.0), (4, 10.0)])
def test_conditions_choose_elements(g, value):
    text = f""".param g={g}
.if (g > 2)
r1 a 0 10
c1 a 0 1n
.elseif (g == 2)
r1 a 0 20
.else
.if (g == 1)
r1 a 0 30
.endif
.endif
r2 a 0 1"""
    circuit = parse(text)
    assert circuit.elements[0] == Resistor("r1", "a", "0", value)
    assert (Capacitor("c1", "a", "0", 1e-9) in circuit.elements) == (g > 2)
    assert str(circuit.locations["r2"]) == "deck.cir:13:1"


def test_conditions_choose_initial_voltages():
    text = "r1 a 0 1\n.if (0)\n.ic v(a)=1\n.else\n.ic v(a)=2\n.endif"
    assert parse(text).initial == (("a", 2.0),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (".if (1)", "`.if` is not closed; expected `.endif` below it"),
        (".endif", "`.endif` without `.if`"),
        (".else", "`.else` without `.if`"),
        (".if (1)\n.else\n.else\n.endif", "`.else` behind `.else`"),
        (".if\n.endif", "the condition is missing"),
        (".if (q)\n.endif", "there is no parameter `q`"),
        (".if (1)\n.param q=1\n.endif", "`.param` cannot stand between .if and .endif"),
        (".if (1)\n.include x\n.endif", "`.include` cannot stand between .if and .endif"),
        (".if (1)\n.tran 1 2\n.endif", "`.tran` cannot stand inside .if"),
        (".subckt s p", "`.subckt` is not closed; expected `.ends` below it"),
        (".ends", "`.ends` without `.subckt`"),
        (".subckt s p\n.ends t", "`.ends t` stands where `s` is open"),
        (".subckt s p\n.if (1)\n.ends", "`.ends` without `.subckt`: `.if` is still open"),
        (".subckt s p\n.tran 1 2\n.ends", "`.tran` cannot stand inside .subckt"),
        (".subckt s\n.ends", "a subcircuit needs a name and at least one node"),
        (".subckt s p p\n.ends", "`p` cannot be a node here"),
        (".subckt s 0\n.ends", "`0` cannot be a node here"),
        (".subckt s p\n.ends\n.subckt s q\n.ends", "`s` is defined twice, first at deck.cir:3:1"),
        (".subckt s p q\nr1 p q 1\n.ends\nx1 a s", "`s` has 2 nodes, not 1; expected x1 p q s"),
        (".subckt s p w=1\nr1 p 0 1\n.ends\nx1 a s v=2", "`s` has no parameter `v`: it has w"),
        (".subckt s p\nx1 p s\n.ends\nx1 a s", "the subcircuit contains itself: s -> s"),
        (".subckt s p\nx1 p t\n.ends\n.subckt t p\nx1 p s\n.ends\nx1 a s", "contains itself: s -> t -> s"),
        (".if (1)\n" * 65, "blocks are nested deeper than 64"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(text, reason):
    assert reason in refusal(text)


NESTED = """v1 in 0 1
x1 in out outer params: g=3
xb in out2 OUTER
.global vdd
vd vdd 0 5
.subckt outer p q g=2
ra p m {g}
xi m q inner k={g*10}
vm p z 0
ba y 0 v=g*V(m,q)+I(vm)+V(vdd)+V(xi.n)
ea w 0 p gnd {g}
ca m 0 1n ic={g/2}
.ic v(m)={g} v(q)=1
.subckt inner a b k=1
rx a n {k}
ry n b {k+h}
.param h=5
.ends inner
.ends
rout out 0 1
rout2 out2 0 1"""


def test_names_of_inner_nodes_and_elements_are_those_of_ngspice():
    circuit = parse(NESTED)
    found = {e.name: e for e in circuit.elements}
    assert list(found)[:8] == [
        "v1", "r.x1.ra", "r.x1.xi.rx", "r.x1.xi.ry", "v.x1.vm", "b.x1.ba", "e.x1.ea", "c.x1.ca",
    ]  # fmt: skip
    assert found["r.x1.ra"] == Resistor("r.x1.ra", "in", "x1.m", 3.0)
    assert found["r.x1.xi.rx"] == Resistor("r.x1.xi.rx", "x1.m", "x1.xi.n", 30.0)
    assert found["r.x1.xi.ry"] == Resistor("r.x1.xi.ry", "x1.xi.n", "out", 35.0)
    assert found["r.xb.xi.ry"] == Resistor("r.xb.xi.ry", "xb.xi.n", "out2", 25.0)
    assert found["e.x1.ea"] == VoltageControlledVoltage("e.x1.ea", "x1.w", "0", "in", "0", 3.0)
    assert found["c.xb.ca"] == Capacitor("c.xb.ca", "xb.m", "0", 1e-9, 1.0)
    gain = Call("mul", (Number(3.0), Voltage("x1.m", "out")))
    terms = (gain, Current("v.x1.vm"), Voltage("vdd"), Voltage("x1.xi.n"))
    assert found["b.x1.ba"] == BehaviouralVoltage("b.x1.ba", "x1.y", "0", Call("add", terms))
    assert circuit.initial == (("x1.m", 3.0), ("out", 1.0), ("xb.m", 2.0), ("out2", 1.0))
    assert str(circuit.locations["r.xb.xi.ry"]) == "deck.cir:17:1"


def test_the_variable_time_stays():
    circuit = parse("r1 a 0 1\nb1 b 0 V=sin(time)*V(a)")
    assert circuit.elements[1].expression.arguments[0] == Call("sin", (Variable("time"),))


SCOPES = [
    # what ngspice 39 gives, see test_netlist_ngspice
    ("x1 a s w={l}", "w=1 l=2", "{w}", 2.0),  # the subcircuit's own l comes first
    ("x1 a s l={l}", "w=1 l=2", "{l}", 7.0),  # but a name never means itself
    ("x1 a s l={l*2}", "l={l}", "{l}", 14.0),
    ("x1 a s", "l={l}", "{l}", 7.0),
    ("x1 a s", "w={g*2}", "{w+l}", 13.0),  # what is not defined inside is the caller's
    ("x1 a s w={z*2} z=4", "z=1 w=1", "{w}", 8.0),
    ("x1 a s q=5", "w=1\n.param q=4", "{q}", 5.0),  # arguments beat a .param inside
    ("x1 a s", "u={v*2}\n.param v=4", "{u}", 8.0),
]


@pytest.mark.parametrize(("call", "formal", "value", "expected"), SCOPES)
def test_arguments_and_defaults_see_the_subcircuit_first(call, formal, value, expected):
    text = f".param l=7 g=3\n{call}\n.subckt s p {formal}\nr1 p 0 {value}\n.ends"
    assert values(text) == {"r.x1.r1": expected}


def test_a_subcircuit_sees_the_parameters_of_its_caller():
    text = """.param x=1 y=11
x1 a top y=5
x2 a inner
.subckt top p y=2 x=9
xi p inner
.ends
.subckt inner p
r1 p 0 {x*10+y}
.ends"""
    assert values(text) == {"r.x1.xi.r1": 95.0, "r.x2.r1": 21.0}


def test_definitions_inside_a_subcircuit_are_its_own():
    text = """.param k=1
.func f(x) {x}
x1 a s
x2 a t
.subckt s p
.param k=2
.func f(x) {x*100}
.subckt t p
r1 p 0 {f(k)+7}
.ends
xt p t
.ends
.subckt t p
r1 p 0 {f(k)}
.ends"""
    assert values(text) == {"r.x1.xt.r1": 207.0, "r.x2.r1": 1.0}


def test_conditions_inside_a_subcircuit_follow_its_parameters():
    text = """x1 a s k=1
x2 a s
.subckt s p k=0
.if (k)
r1 p 0 1
.else
r1 p 0 2
.endif
.ends"""
    assert values(text) == {"r.x1.r1": 1.0, "r.x2.r1": 2.0}


def test_a_subcircuit_that_nobody_calls_may_be_incomplete():
    assert values("r1 a 0 1\n.subckt s p\nr1 p 0 {nothing}\nx1 p nobody\n.ends") == {"r1": 1.0}


def test_parameters_from_outside_reach_into_subcircuits():
    text = ".param g=1\nx1 a s w={g}\n.subckt s p w=0\nr1 p 0 {w+g}\n.ends"
    assert values(text, overrides={"g": "3"}) == {"r.x1.r1": 6.0}
    assert values(text, overrides={"r.x1.r1": "1k"}) == {"r.x1.r1": 1000.0}


BOMB = "".join(
    f".subckt s{k} p\n" + "".join(f"x{j} p s{k + 1}\n" for j in range(10)) + ".ends\n" for k in range(12)
)


@pytest.mark.parametrize("leaf", ["r1 p 0 1\n", ""])
def test_exponential_nesting_is_refused_before_it_is_expanded(leaf):
    message = refusal(f"x0 a s0\n{BOMB}.subckt s12 p\n{leaf}.ends")
    assert "the deck expands to more than 5000000 elements" in message


def test_deep_nesting_is_refused():
    chain = "".join(f".subckt s{k} p\nx1 p s{k + 1}\n.ends\n" for k in range(500))
    assert "nested deeper than 100" in refusal(f"x0 a s0\n{chain}.subckt s500 p\nr1 p 0 1\n.ends")


def test_many_instances_are_fast_enough_to_be_counted():
    text = ".subckt amp i o g=1\ne1 o 0 VALUE={tanh(g*V(i))}\nr1 i 0 1k\n.ends\n"
    circuit = parse(text + "\n".join(f"x{k} u{k} v{k} amp g={k + 1}" for k in range(300)))
    assert len(circuit.elements) == 600
    argument = Call("mul", (Number(300.0), Voltage("u299")))
    assert circuit.elements[598].expression == Call("tanh", (argument,))
