"""Inductors, diodes, F and H, polynomials, integrals and rates for `random_deck`."""

from __future__ import annotations

from fuzz.net import Net, element


@element()
def inductor(net: Net) -> None:
    """An inductor behind a resistor, whose current is a state."""
    middle, name = net.name("l"), net.name("L")
    start = f" IC={net.number(-0.3 / net.ohms, 0.3 / net.ohms)}" if net.mode == "uic" else ""
    net.add(f"{net.name('R')} {net.node()} {middle} {net.resistance()}")
    net.add(f"{name} {middle} {net.node()} {net.inductance()}{start}")
    net.currents.append(name)


@element()
def transformer(net: Net) -> None:
    """Two coupled inductors with resistors."""
    names = net.name("L"), net.name("L")
    for name in names:
        middle = net.name("l")
        net.add(f"{net.name('R')} {net.node()} {middle} {net.resistance()}")
        net.add(f"{name} {middle} 0 {net.inductance()}")
    net.add(f"{net.name('K')} {names[0]} {names[1]} {net.number(-0.8, 0.8)}")


def junction(net: Net) -> str:
    """Return a model of a diode with a soft knee, and enter it into the definitions.

    IS is too small to be seen in reverse: there ngspice has a cubic in place of the exponential, and a
    corner before the breakdown, where ours is smooth.
    """
    series = f"rs={0.1 * net.ohms:g}"
    stored = f"{series} cjo={net.capacitance()} m=0.4 vj=0.6 tt={net.time(0.001, 0.01)}"
    rest = net.random.choice(("", series, f"{series} bv=0.6 ibv={1e-3 / net.ohms:g}", stored))
    name = f"junction{len(rest)}"
    net.definitions[name] = f".model {name} D(is={1e-7 / net.ohms:g} n={net.number(1.0, 2.0)} {rest})"
    return name


@element(2)
def diode(net: Net) -> None:
    """A diode between two dynamic nodes, or to ground."""
    a, b = net.node(), net.random.choice([*net.nodes, "0"])
    if a != b:
        net.add(f"{net.name('D')} {a} {b} {junction(net)}")


@element()
def clipper(net: Net) -> None:
    """One to three diodes on nodes without a capacitor, which are solved together."""
    inner, outer = net.name("m"), net.name("m")
    model = junction(net)
    net.add(f"{net.name('R')} {net.node()} {inner} {net.resistance()}")
    net.add(f"{net.name('R')} {inner} {outer} {net.resistance()}")
    net.add(f"{net.name('R')} {outer} {net.node()} {net.resistance()}")
    ends = [(inner, outer), ("0", inner), (outer, "0"), (net.node(), outer)]
    for a, b in net.random.sample(ends, net.random.randint(1, 3)):
        net.add(f"{net.name('D')} {a} {b} {model}")


@element()
def controlled_by_current(net: Net) -> None:
    """An F or an H source, linear or a polynomial, of the current of a V source or an inductor."""
    if not net.currents:
        return
    source, size = net.random.choice(net.currents), net.number(0.2, 0.8)
    if net.random.random() < 0.5:
        form = net.random.choice((f"{source} {size}", f"POLY(1) {source} 0 {size} {0.1 * net.ohms:g}"))
        # It drives a node of its own: it may stand before what it reads.
        node = net.name("m")
        net.add(f"{net.name('F')} 0 {node} {form}")
        net.add(f"{net.name('R')} {node} 0 {net.ohms:g}")
        net.add(f"{net.name('C')} {node} 0 {net.capacitance()}")
        return
    scaled = f"{float(size) * net.ohms:.6g}"
    form = net.random.choice((f"{source} {scaled}", f"POLY(1) {source} 0.1 {scaled} {0.1 * net.ohms**2:g}"))
    output = net.name("o")
    net.add(f"{net.name('H')} {output} 0 {form}")
    net.add(f"{net.name('R')} {output} {net.dynamic()} {net.resistance()}")


@element()
def polynomial(net: Net) -> None:
    """An E or G source that is a polynomial of two voltages."""
    read = f"{net.node()} 0 {net.node()} 0"
    terms = [net.number(-0.4, 0.4) for _ in range(net.random.randint(3, 6))]
    if net.random.random() < 0.5:
        output = net.name("o")
        net.add(f"{net.name('E')} {output} 0 POLY(2) {read} {' '.join(terms)}")
        net.feed(output)
    else:
        scaled = " ".join(f"{float(term) / net.ohms:.6g}" for term in terms)
        net.add(f"{net.name('G')} {net.node()} 0 POLY(2) {read} {scaled}")


@element()
def integral(net: Net) -> None:
    """The rate of a voltage, or an integral over time, which has no operating point."""
    output, rate = net.name("o"), net.number(0.5 / net.span, 2.0 / net.span)
    if net.mode == "uic" and net.random.random() < 0.5:
        net.add(f"{net.name('B')} {output} 0 V=tanh({rate}*idt({net.voltage()}))")
    else:
        net.add(f"{net.name('B')} {output} 0 V=tanh({0.05 * net.span:g}*ddt(V({net.node()})))")
    # It is not read by others: the sources before it may read what it drives.
    net.add(f"{net.name('R')} {output} {net.dynamic()} {net.resistance()}")


@element()
def several(net: Net) -> None:
    """Resistors and capacitors in parallel and away from their temperature."""
    a, b = net.node(), net.random.choice([*net.nodes, "0"])
    if a != b:
        net.add(f"{net.name('R')} {a} {b} {net.resistance()} m=2 tc1=1m tc2=10u temp={net.number(0, 60)}")
        net.add(f"{net.name('C')} {a} {b} {net.capacitance()} m=0.5")
