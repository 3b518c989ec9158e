"""`deck`: a deck that follows the grammar of the dialect, with values that are extreme now and then."""

from __future__ import annotations

from random import Random

NODES = ("0", "a", "b", "c", "u", "v")
ONE = (
    "tanh",
    "atan",
    "exp",
    "ln",
    "log10",
    "sqrt",
    "abs",
    "sgn",
    "u",
    "u2",
    "uramp",
    "sin",
    "cos",
    "tan",
    "asin",
)
ONE += ("acos", "sinh", "cosh", "asinh", "acosh", "atanh", "floor", "ceil", "nint", "int")
EDGES, STATISTICS = ("RISE", "FALL", "CROSS"), ("MAX", "MIN", "AVG", "RMS", "INTEG", "PP")
TWO = ("min", "max", "pow", "pwr")
OPERATORS = ("+", "-", "*", "/", "^", "**", "<", ">", "<=", ">=", "==", "!=", "&&", "||")
PLAIN = ("0", "1", "2", "-1", "0.5", "1k", "10k", "1u", "1n", "10p", "3.3", "1m", "100", "1meg")
EXTREME = (
    "1e308",
    "-1e308",
    "1e-308",
    "1e-300",
    "1e300",
    "1e99",
    "1e-30",
    "1e30",
    "1e15",
    "-0",
    "1f",
    "1t",
    "5e-324",
)


def number(random: Random) -> str:
    """Return a number, a parameter in braces, or an extreme value."""
    if random.random() < 0.02:
        return random.choice(EXTREME)
    if random.random() < 0.03:
        return random.choice(("{p}", "{q*2}", "{f(p)}", "'p+q'"))
    return random.choice(PLAIN)


def positive(random: Random) -> str:
    """Return a number that is positive, mostly."""
    value = number(random)
    return "1k" if value.startswith(("-", "0")) and random.random() < 0.98 else value


def expression(random: Random, depth: int = 0) -> str:
    """Return an expression of voltages, currents, time and parameters."""
    kind = random.random()
    if depth > 3 or kind < 0.25:
        leaf = random.random()
        if leaf < 0.5:
            return f"V({random.choice(NODES)})"
        if leaf < 0.6:
            return f"V({random.choice(NODES)},{random.choice(NODES)})"
        if leaf < 0.7:
            return random.choice(("time", "pi", "I(V1)", "2", "3"))
        return number(random).strip("{}'")
    inner = [expression(random, depth + 1) for _ in range(3)]
    if kind < 0.5:
        return f"{random.choice(ONE)}({inner[0]})"
    if kind < 0.58:
        return f"{random.choice(TWO)}({inner[0]},{inner[1]})"
    if kind < 0.63:
        return f"({inner[0]} ? {inner[1]} : {inner[2]})"
    if kind < 0.67:
        return f"pwl({inner[0]},-1,-1,0,{number(random)},1,1)"
    if kind < 0.72:
        return f"1/(1+exp(-({inner[0]})))"
    if kind < 0.75:
        return f"-({inner[0]})"
    return f"({inner[0]}{random.choice(OPERATORS)}{inner[1]})"


def source(random: Random) -> str:
    """Return the signal of a source."""
    kind = random.choice(("", "DC ", "PULSE", "PWL", "SIN", "EXP", "TRNOISE"))
    if kind in ("", "DC "):
        return kind + number(random)
    count = {"PULSE": (2, 7), "PWL": (2, 8), "SIN": (2, 6), "EXP": (2, 6), "TRNOISE": (2, 2)}[kind]
    values = [number(random) for _ in range(random.randint(*count))]
    if kind in ("SIN", "EXP", "PULSE") and random.random() < 0.7:
        plain = {"SIN": "0 1 1meg", "EXP": "0 1 1u 1u", "PULSE": "0 1 1u 0.1u 0.1u 1u 3u"}[kind]
        return f"{kind}({plain})"
    if kind == "PWL" and random.random() < 0.9:
        values = [word for k in range(random.randint(1, 4)) for word in (f"{k}u", number(random))]
    return f"{kind}({' '.join(values)})"


def resistor(random: Random, name: str, a: str, b: str) -> str:
    """Return a resistor between two nodes."""
    return f"{name} {a} {b} {positive(random)}"


def amplifier(random: Random, k: int, a: str, b: str) -> list[str]:
    """Return the lines of something with one output, between `a` and `b`."""
    kind, text = random.choice("BBBBEGX"), expression(random)
    if kind == "B":
        return [f"B{k} {a} {b} {random.choice('VVVI')}={text}"]
    if kind == "X":
        return [f"X{k} {random.choice(NODES)} {a} amp {random.choice(('', 'g=3', 'params: g=-2'))}"]
    form = random.choice(
        (
            f"{random.choice(NODES)} {random.choice(NODES)} {number(random)}",
            f"TABLE {{{text}}} = (-1,-1) (0,{number(random)}) (1,1)",
            f"{'vol' if kind == 'E' else 'cur'}='{text}'",
        )
    )
    return [f"{kind}{k} {a} {b} {form}"]


def circuit(random: Random) -> list[str]:
    """Return the elements of a circuit that has a solution, mostly."""
    lines = [f"V1 s 0 {source(random)}", resistor(random, "R1", "s", "a")]
    for k, node in enumerate(NODES[1:6], 2):
        lines.append(resistor(random, f"R{k}", node, random.choice(("0", "0", random.choice(NODES)))))
        if random.random() < 0.8:
            ic = f" ic={number(random)}" if random.random() < 0.4 else ""
            value = random.choice(("1n", "1u", "10p", positive(random)))
            lines.append(f"C{k} {node} {random.choice(('0', '0', '0', random.choice(NODES)))} {value}{ic}")
    for k in range(10, 10 + random.randint(0, 4)):
        output = f"o{k}" if random.random() < 0.9 else random.choice(NODES)
        lines += amplifier(random, k, output, "0")
        lines.append(resistor(random, f"R{k}", output, random.choice(NODES)))
    for k in range(20, 20 + random.choice((0, 0, 1))):
        lines.append(f"I{k} {random.choice(NODES)} {random.choice(NODES)} {source(random)}")
    return lines


def measure(random: Random, k: int) -> str:
    """Return a `.meas` line."""
    node = f"v({random.choice(NODES[1:])})"
    return f".meas tran m{k} " + random.choice(
        (
            f"FIND {node} AT={number(random)}",
            f"WHEN {node}={number(random)} {random.choice(EDGES)}={random.choice(('1', 'LAST'))}",
            f"{random.choice(STATISTICS)} {node} FROM={number(random)} TO=2u",
            f"TRIG {node} VAL=0.1 RISE=1 TARG {node} VAL={number(random)} FALL=1",
            f"MAX par('{expression(random)}')",
            f"PARAM='m{random.randrange(3)}*2'",
        )
    )


def analysis(random: Random, k: int) -> str:
    """Return a line of `.dc`, `.ac` or `.noise`, or a measurement of one."""
    node, value = f"v({random.choice(NODES[1:])})", number(random)
    grid = f"{random.choice(('dec', 'oct', 'lin'))} {random.choice(('1', '3', value))} {positive(random)}"
    part = random.choice(("vm", "vp", "vdb", "vr", "v", "vx")) + node[1:]
    return random.choice(
        (
            f".dc {random.choice(('V1', 'R1', 'p', 'C1'))} {value} 2 {random.choice(('0.5', '-1', value))}",
            f".dc V1 -1 1 0.5 {random.choice(('R1', 'q', 'V1'))} 1 3 1",
            f".ac {grid} {random.choice(('1meg', value))}",
            f".noise {node} V1 {grid} {random.choice(('1meg', value))}",
            f"V8{k} {random.choice(NODES[1:])} 0 AC {value} {random.choice(('', value))}",
            f".meas ac a{k} {random.choice(('MAX', 'MIN', 'PP'))} {part} FROM={value}",
            f".meas ac b{k} WHEN {part}={value} FALL=1",
            f".meas dc c{k} FIND {node} AT={value}",
        )
    )


def command(random: Random, k: int) -> str:
    """Return a line that is no element."""
    node, value = random.choice(NODES[1:]), number(random)
    return random.choice(
        (
            f".ic v({node})={value}",
            f".nodeset v({node})={value}",
            f".save v({node}) i(V1)",
            ".op",
            f".options reltol={value} temp={value}",
            f".temp {value}",
            measure(random, k),
            analysis(random, k),
            analysis(random, k),
            f".if ({expression(random)} > 1)\nR9{k} a 0 1k\n.else\nR9{k} b 0 1k\n.endif",
            f".global {node}",
            f"*!analoghop johnson {random.choice(('', value))}",
            f"*!analoghop step {random.choice(('p', 'R1', 'q'))} list {value} 2",
            f"*!analoghop step p {value} {number(random)} {number(random)}",
            f".func h{k}(x) {{{expression(random)}+x}}",
            ".include amplifiers.lib",
            "+ 1k",
            f"* {value}",
        )
    )


def deck(random: Random) -> str:
    """Return a deck."""
    lines = [random.choice(("title", "title", "", ".tran 1", "R1 a 0 1k", "*#x"))]
    lines.append(f".param p={random.choice(PLAIN)} q={random.choice(('2', '3', 'p+1', number(random)))}")
    lines.append(".func f(x) {x*2+1}")
    lines += circuit(random)
    lines += [command(random, k) for k in range(random.choice((0, 0, 1, 2)))]
    lines += [".subckt amp in out params: g=2", "B1 out 0 V=tanh(g*V(in))", ".ends"]
    if random.random() < 0.95:
        step, stop = random.choice(("1n", "1u", "0.1u", positive(random))), random.choice(("2u", "10u"))
        lines.append(f".tran {step} {stop}{random.choice(('', ' uic', ' uic'))}")
    return "\n".join([*lines, ".end", ""])
