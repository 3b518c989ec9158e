"""`random_deck`: circuits of every element and waveform for which two simulators should agree to many digits.

An element is a function that adds lines to a `Net`; `@element(weight)` enters it into `ELEMENTS`; those of
`fuzz/devices.py` are among them. It may read the voltages of `net.voltage()` and the currents of
`net.currents`, and feeds nodes of `net.node()` through resistors. So amplifiers form no loops without a
capacitor, and signals stay near one volt. All functions are continuous: where one jumps, the answer of a
simulator depends on its step.
"""

from __future__ import annotations

from random import Random

import fuzz.devices  # noqa: F401  enters its elements
from fuzz.net import ELEMENTS, MODES, OHMS, SPANS, WAVEFORMS, Add, Net, element, waveform

__all__ = ["ELEMENTS", "WAVEFORMS", "random_deck"]


def signal(net: Net, amplitude: float = 1.0) -> str:
    """Return the signal of a source."""
    return net.random.choice(WAVEFORMS)(net, amplitude)


@waveform
def dc(net: Net, a: float) -> str:
    """A constant."""
    return f"DC {net.number(-a, a)}"


@waveform
def pulse(net: Net, a: float) -> str:
    """One pulse or many; a period that cuts pulses off would make jumps."""
    times = [net.time(0.005, 0.1), net.time(0.005, 0.1), net.time(0.02, 0.3)]
    if net.random.random() < 0.8:
        times.append(f"{net.random.uniform(1.02, 2.0) * sum(map(float, times)):.6g}")
    return f"PULSE({net.number(-a, a)} {net.number(-a, a)} {net.time(0, 0.3)} {' '.join(times)})"


@waveform
def sine(net: Net, a: float) -> str:
    """A sine, with delay, damping and phase or without."""
    some = [
        net.number(-a / 2, a / 2),
        net.number(0.1 * a, a),
        net.number(0.5 / net.span, 8 / net.span),
        net.time(0, 0.4),
        net.number(0, 4 / net.span),
        net.number(-180, 180),
    ]
    return f"SIN({' '.join(some[: net.random.choice((3, 3, 4, 5, 6))])})"


@waveform
def exponential(net: Net, a: float) -> str:
    """An exponential, there and back."""
    there, back = net.time(0.01, 0.3), net.time(0.35, 0.8)
    levels = f"{net.number(-a, a)} {net.number(-a, a)}"
    return f"EXP({levels} {there} {net.time(0.03, 0.3)} {back} {net.time(0.03, 0.3)})"


@waveform
def polyline(net: Net, a: float) -> str:
    """Straight lines between points."""
    times = sorted({round(net.random.uniform(0, 1), 2) for _ in range(net.random.randint(2, 6))})
    return f"PWL({' '.join(f'{t * net.span:.6g} {net.number(-a, a)}' for t in times)})"


@element(3)
def voltage_source(net: Net) -> None:
    """A V source that drives a node through a resistor."""
    node, name = net.name("s"), net.name("V")
    net.add(f"{name} {node} 0 {signal(net)}")
    net.add(f"{net.name('R')} {node} {net.node()} {net.resistance()}")
    net.sources.append(node)
    net.currents.append(name)


@element(2)
def current_source(net: Net) -> None:
    """An I source into a node."""
    ends = [net.node(), "0"]
    net.random.shuffle(ends)
    net.add(f"{net.name('I')} {' '.join(ends)} {signal(net, 1.0 / net.ohms)}")


@element(2)
def resistor(net: Net) -> None:
    """A resistor between two nodes."""
    a, b = net.node(), net.node()
    if a != b:
        net.add(f"{net.name('R')} {a} {b} {net.resistance()}")


@element()
def bridge(net: Net) -> None:
    """A capacitor between two dynamic nodes."""
    a, b = net.node(), net.node()
    if a != b:
        net.add(f"{net.name('C')} {a} {b} {net.capacitance()}")


@element()
def coupled(net: Net) -> None:
    """A capacitor from a source to a new node; nobody may read a current that flows into a capacitor."""
    source = net.name("s")
    net.add(f"{net.name('V')} {source} 0 {signal(net)}")
    net.add(f"{net.name('C')} {source} {net.dynamic()} {net.capacitance()}")
    net.sources.append(source)


@element()
def divider(net: Net) -> None:
    """A node without a capacitor, which amplifiers may read."""
    node = net.name("m")
    for end in (net.node(), net.node(), "0"):
        net.add(f"{net.name('R')} {node} {end} {net.resistance()}")
    net.outputs.append(node)


@element()
def floating_source(net: Net) -> None:
    """A V source on top of a node."""
    node, name = net.name("f"), net.name("V")
    net.add(f"{name} {node} {net.node()} {signal(net, 0.5)}")
    net.add(f"{net.name('R')} {node} {net.node()} {net.resistance()}")
    net.outputs.append(node)
    net.currents.append(name)


@element(2)
def controlled_voltage(net: Net) -> None:
    """An E source of constant gain."""
    output, a, b = net.name("o"), net.node(), net.random.choice([*net.nodes, "0"])
    net.add(f"{net.name('E')} {output} 0 {a} {b} {net.number(-1.2, 1.2)}")
    net.feed(output)


@element(2)
def controlled_current(net: Net) -> None:
    """A G source of constant transconductance."""
    a, b = net.node(), net.random.choice([*net.nodes, "0"])
    net.add(f"{net.name('G')} {net.node()} 0 {a} {b} {net.number(-0.6 / net.ohms, 0.6 / net.ohms)}")


def argument(net: Net) -> str:
    """Return what an amplifier reads: one voltage, or a sum of some, with an offset."""
    terms = [f"{net.number(0.3, 1.2)}*{net.voltage()}" for _ in range(net.random.choice((1, 1, 2, 3)))]
    if net.random.random() < 0.4:
        terms.append(net.number(-0.5, 0.5))
    return net.random.choice(("+", "-")).join(terms)


SIGMOIDS = (
    "{a}*tanh({g}*({x}))",
    "{a}/(1+exp(-{g}*({x})))",
    "{a}*atan({g}*({x}))",
    "{a}*2/pi*atan(pi/2*{g}*({x}))",
    "max(-{a}, min({a}, {g}*({x})))",
    "min(1, max(0, {g}*({x})+0.3))",
    "{a}*tanh({g}*({x})/{a})",
    "{a}*({x})/(1+abs({x}))",
    "{a}*({x})/sqrt(1+({x})*({x}))",
    "{a}*(1-2/(exp(2*{g}*({x}))+1))",
    "0.1*uramp({x})",
    "{a}*pwl({x}, -2,-1, -0.5,-0.2, 0,0, 0.7,0.5, 2,1)",
    "{a}*tanh({g}*({x}))*tanh({x})",
    "{a}*sin({x})",
    "({x})>0 ? {a}*tanh({x}) : 0.5*tanh({x})",
    "{a}*tanh(ln(1+exp({g}*({x}))))",
    "{a}*asinh({x})",
    "{a}*exp(-({x})*({x}))",
    "{a}*tanh({g}*({x})**3)",
)
"""Amplifiers: `g` is a gain, `a` an amplitude, `x` the argument."""


def sigmoid(net: Net, x: str) -> str:
    """Return the expression of an amplifier that reads `x`."""
    return net.random.choice(SIGMOIDS).format(g=net.gain, a=net.number(0.3, 1.2), x=x)


@element(5)
def amplifier(net: Net) -> None:
    """A B or E source with a sigmoid."""
    output, text = net.name("o"), sigmoid(net, argument(net))
    kind = net.random.random()
    if kind < 0.6:
        net.add(f"{net.name('B')} {output} 0 V={text}")
    elif kind < 0.8:
        net.add(f"{net.name('E')} {output} 0 VALUE={{{text}}}")
    else:
        net.add(f"{net.name('E')} {output} 0 vol='{text}'")
    net.feed(output)


@element(3)
def amplifier_current(net: Net) -> None:
    """A B or G source whose current is a sigmoid."""
    text = f"({sigmoid(net, argument(net))})/{net.ohms:g}"
    ends = [net.node(), "0"]
    net.random.shuffle(ends)
    if net.random.random() < 0.7:
        net.add(f"{net.name('B')} {' '.join(ends)} I={text}")
    else:
        net.add(f"{net.name('G')} {' '.join(ends)} VALUE={{{text}}}")


@element(3)
def moving_gain(net: Net) -> None:
    """An amplifier whose gain, temperature, offset or output follows a source."""
    if not net.sources:
        return
    s, x, g = net.moving(), argument(net), net.gain
    form = net.random.choice(
        (
            f"tanh({s}*({x}))",
            f"tanh({g}*({x})/(1.5+tanh({s})))",
            f"{s}*tanh({g}*({x}))",
            f"tanh({g}*({x}+{s}))",
            f"(1+0.5*{s})/(1+exp(-{g}*({x})))",
            f"tanh({g}*({x}))*({s}+{net.moving()})",
        )
    )
    output = net.name("o")
    net.add(f"{net.name('B')} {output} 0 V={form}")
    net.feed(output)


@element(2)
def product(net: Net) -> None:
    """A product of sources, of a source and a voltage, or with the time."""
    if not net.sources:
        return
    s, other = net.moving(), net.random.choice((net.moving(), f"V({net.node()})", f"time/{net.span:g}"))
    text = net.random.choice((f"{s}*{other}", f"tanh({s}*{other})", f"{s}*{s}-0.5*{other}"))
    if net.random.random() < 0.6:
        output = net.name("o")
        net.add(f"{net.name('B')} {output} 0 V={text}")
        net.feed(output)
    else:
        net.add(f"{net.name('B')} {net.node()} 0 I=0.5*({text})/{net.ohms:g}")


@element()
def of_time(net: Net) -> None:
    """An expression of the time alone."""
    rate = net.number(2 / net.span, 20 / net.span)
    text = net.random.choice((f"0.7*sin({rate}*time)", f"exp(-{rate}*time)", f"tanh({rate}*time-2)"))
    output = net.name("o")
    net.add(f"{net.name('B')} {output} 0 V={text}")
    net.feed(output)


@element()
def of_current(net: Net) -> None:
    """An amplifier that reads the current of a V source."""
    if not net.currents:
        return
    output = net.name("o")
    text = f"tanh({net.number(0.2, 0.8)}*{net.ohms:g}*I({net.random.choice(net.currents)}))"
    net.add(f"{net.name('B')} {output} 0 V={text}")
    # It is not read by others: it may stand before what it reads.
    net.add(f"{net.name('R')} {output} {net.dynamic()} {net.resistance()}")


@element(2)
def table(net: Net) -> None:
    """A TABLE, as a voltage or as a current."""
    at = sorted({round(net.random.uniform(-1.5, 1.5), 1) for _ in range(net.random.randint(2, 5))})
    current = net.random.random() < 0.4
    scale = 1.0 / net.ohms if current else 1.0
    points = " ".join(f"({x:g},{net.number(-scale, scale)})" for x in at)
    if len(at) < 2:
        return
    if current:
        net.add(f"{net.name('G')} {net.node()} 0 TABLE {{{argument(net)}}} = {points}")
        return
    output = net.name("o")
    net.add(f"{net.name('E')} {output} 0 TABLE {{{argument(net)}}} = {points}")
    net.feed(output)


@element(2)
def subcircuit(net: Net) -> None:
    """A call of a subcircuit with a pole, with parameters."""
    tau = f"{0.1 * net.span / net.ohms:.6g}"
    start = " IC=0.1" if net.mode == "uic" else ""
    net.definitions["stage"] = f""".subckt stage in out PARAMS: g=1 a=1
B1 m 0 V={{a}}*tanh({{g}}*V(in))
R1 m p {net.ohms:g}
C1 p 0 {tau}{start}
E1 out 0 p 0 {{a+0.1}}
.ends stage"""
    output = net.name("o")
    given = net.random.choice(("", f"g={net.gain}", f"PARAMS: g={net.gain} a={net.number(0.3, 1.2)}"))
    net.add(f"{net.name('X')} {net.node()} {output} stage {given}".rstrip())
    net.feed(output)


@element()
def winner_take_all(net: Net) -> None:
    """A softmax cluster of two or three outputs."""
    wanted = [net.dynamic() for _ in range(net.random.choice((2, 3)))]
    g = net.number(0.5, 3.0)
    for node in wanted:
        others = "".join(f"+exp({g}*(V({other})-V({node})))" for other in wanted if other != node)
        output = net.name("o")
        net.add(f"{net.name('B')} {output} 0 V=1/(1{others})")
        net.feed(output)


@element()
def conductance(net: Net) -> None:
    """A resistor of a value that follows a source: a current that is a product."""
    if net.sources:
        node = net.node()
        net.add(f"{net.name('B')} {node} 0 I=V({node})*(0.6+0.5*tanh({net.moving()}))/{net.ohms:g}")


def random_deck(seed: int, wanted: tuple[Add, ...] = (), spans: tuple[float, ...] = SPANS) -> str:
    """Return a deck that is a function of `seed`, of a length out of `spans` in s.

    It has the elements `wanted` besides those drawn.
    """
    random = Random(f"circuits:{seed}")
    net = Net(random, random.choice(spans), random.choice(OHMS), random.choice(MODES))
    for _ in range(random.randint(2, 4)):
        net.dynamic()
    voltage_source(net)
    for add in (*wanted, *random.choices(ELEMENTS, k=random.randint(3, 9))):
        add(net)
    head = [f"random circuit {seed}", *net.definitions.values(), *net.lines]
    if net.initial:
        head.append(f".ic {' '.join(net.initial)}")
    end = " uic" if net.mode == "uic" else ""
    return "\n".join([*head, f".tran {net.span / 100:g} {net.span:g}{end}", ".end", ""])
