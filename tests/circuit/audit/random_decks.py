"""Random decks that a circuit can follow, of every kind of element, and errors planted into their systems."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analoghop.circuit.audit.audit import audited
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import transient
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits.observation import LinearMap

AMPLIFIERS = [
    "B{k} {v} 0 V=tanh({g}*V({u}))",
    "B{k} {v} 0 V={{0.8*tanh({g}*(V({u})-0.1))}}",
    "B{k} {v} 0 V=1/(1+exp(-{g}*V({u})))",
    "B{k} {v} 0 V=2/pi*atan({g}*V({u}))",
    "B{k} {v} 0 V=max(-1,min(1,{g}*V({u})))",
    "B{k} {v} 0 V=pwl(V({u}),-1,-0.9,0,0,0.5,0.7,1,0.8)",
    "E{k} {v} 0 VALUE={{uramp({g}*V({u})/4)}}",
    "E{k} {v} 0 TABLE {{V({u})}} = (-1,-1) (0.2,0) (1,1)",
    "E{k} {v} 0 {u} 0 tanh gain={g} limit=1 ooffset=0.1",
    "B{k} {v} 0 V=tanh({g}*V({u}))*cos(V({w}))",
    "B{k} {v} 0 V=V({u})*V({w})/(1+V({u})^2+V({w})^2)",
    "B{k} {v} 0 V=0.3*V({u})+tanh({g}*V({w}))-0.2*sin(time*3k)",
    "B{k} {v} 0 V=V({u})>0.1*V({w}) ? tanh(V({u})) : tanh(V({u}))+0.1*V({w})-V({u})",
    "X{k} {u} {v} amp gain={g}",
]
WAVES = [
    "DC {a}",
    "PULSE({a} {b} 0.2m 0.1m 0.1m 0.6m 1.5m)",
    "PWL(0 {a} 0.5m {b} 1m {a} 1.4m {a})",
    "SIN({a} {b} 700 0.1m 100)",
    "EXP({a} {b} 0.3m 0.2m 1.2m 0.3m)",
]
CURRENTS = [
    "G{k} {u} 0 {w} 0 {s}",
    "B{k} 0 {u} I={s}*tanh(V({w})-V({u}))",
    "B{k} {u} 0 I={s}*V({u})^3",
    "B{k} {u} {w} I={s}*abs(V({u},{w}))*V({u},{w})",
    "B{k} 0 {u} I={s}*exp(-((time-1m)/0.3m)^2)",
    "B{k} 0 {u} I={s}*I(Vs{v})*1k",
    "I{k} 0 {u} SIN(0 {s} 500)",
    "I{k} {u} {w} PULSE(0 {s} 0.4m 0.1m 0.1m 0.5m 1m)",
    "C{k} {u} {w} 10n",
    "C{k} {u} {e} 5n",
    "R{k} {u} {w} 20k",
    "R{k} {u} h{k} 7k\nRh{k} h{k} 0 15k\nRg{k} h{k} {w} 10k",
    "E{k} e{k} 0 {u} {w} 0.7\nR{k} e{k} {w} 9k",
    "E{k} e{k} {w} {u} 0 0.3\nR{k} e{k} 0 9k",
    "Vm{k} {u} m{k} 0\nR{k} m{k} {w} 15k\nF{k} 0 {u} Vm{k} 0.3",
    "Vm{k} {u} m{k} 0\nR{k} m{k} 0 15k\nH{k} h{k} 0 POLY(1) Vm{k} 0 2k 1meg\nRh{k} h{k} {w} 9k",
    "L{k} {u} l{k} 50m IC=0.1m\nR{k} l{k} {w} 3k",
    "L{k} {u} k{k} 20m\nLm{k} m{k} k{k} 30m\nR{k} m{k} {w} 3k",
    "L{k} {u} l{k} 50m\nR{k} l{k} 0 3k\nLb{k} {w} k{k} 80m\nRb{k} k{k} 0 2k\nK{k} L{k} Lb{k} 0.6",
    "D{k} {u} {w} junction",
    "R{k} {u} d{k} 1k\nD{k} d{k} 0 junction",
    "S{k} {u} {w} {e} 0 relay",
    "R{k} {u} {w} R={{5k*(2+tanh(V({w})))}}",
    "G{k} {u} 0 POLY(2) {u} 0 {w} 0 0 20u -10u 5u",
]
MODELS = [".model junction D(is=1n n=1.4 rs=5)", ".model relay SW(vt=0.1 ron=5k roff=1meg)"]


def random_deck(rng: np.random.Generator) -> str:
    """The text of a deck with two to four amplifiers, which runs for 2 ms."""
    n = int(rng.integers(2, 5))
    nodes = [f"u{k}" for k in range(n)]

    def pick(*out: str) -> str:
        return str(rng.choice([u for u in nodes if u not in out]))

    lines = ["Random", ".subckt amp in out params: gain=3", "Ep p 0 VALUE={tanh(gain*V(in))}", "Ro p out 500"]
    lines += [".ends", *MODELS]
    for k, u in enumerate(nodes):
        lines += [f"C{u} {u} 0 {rng.uniform(20, 200):.3g}n IC={rng.uniform(-1, 1):.3g}"]
        lines += [f"R{u} {u} 0 {rng.uniform(1, 10):.3g}k"]
        form = str(rng.choice(AMPLIFIERS))
        lines.append(form.format(k=f"a{k}", v=f"v{k}", u=u, w=pick(u), g=f"{rng.uniform(1, 6):.3g}"))
        lines.append(f"Ra{k} v{k} {pick(u)} {rng.uniform(2, 10):.3g}k")
        wave = str(rng.choice(WAVES)).format(a=f"{rng.uniform(-1, 1):.3g}", b=f"{rng.uniform(-1, 1):.3g}")
        lines += [f"Vs{k} s{k} 0 {wave}", f"Rs{k} s{k} {u} {rng.uniform(3, 20):.3g}k"]
    for k in range(int(rng.integers(1, 5))):
        u = pick()
        form = str(rng.choice(CURRENTS))
        size = f"{rng.uniform(0.02, 0.2):.3g}m"
        lines.append(
            form.format(k=f"c{k}", u=u, w=pick(u), s=size, v=0, e=f"s{rng.integers(1, n)}")
        )  # a source whose current is read has no capacitor
    return "\n".join([*lines, ".tran 20u 2m uic", ".end"])


def run(circuit, lure, method="auto", rtol=1e-6):
    """The audited solution of the system `lure` that is said to be the `circuit`."""
    plan = transient(circuit, lure)
    engine = ScipyIVP(method, rtol=rtol, sampled=True)
    return audited(circuit, engine.integrate(lure, plan.start, plan.times))


def planted(lure, rng: np.random.Generator, size: float) -> Iterator[tuple[str, object]]:
    """Systems with one error each, of the relative size `size` where it has one."""

    def scaled(matrix):
        found = np.argwhere(matrix)
        if not len(found):
            return None
        changed = np.array(matrix)
        changed[tuple(found[rng.integers(len(found))])] *= 1.0 + size
        return changed

    for name in ("C", "G", "B", "S", "S_rate", "P", "Q", "R"):
        changed = scaled(getattr(lure, name))
        if changed is not None:
            yield name, replace(lure, **{name: changed})
    bank = lure.amplifiers
    for name in ("gain", "offset", "scale", "base"):
        values = np.array(getattr(bank, name))
        k = rng.integers(len(values))
        values[k] = values[k] * (1.0 + size) if name in ("gain", "scale") else values[k] + size
        yield name, replace(lure, amplifiers=replace(bank, **{name: values}))
    source = int(rng.integers(lure.S.shape[1]))
    parts = {name: np.array(getattr(lure, name)) for name in ("S", "S_rate", "R")}
    for part in parts.values():
        part[:, source] = 0.0
    yield "source", replace(lure, **parts)
    seen = lure.observation
    a, b = rng.choice(len(seen.nodes), 2, replace=False)
    order = np.arange(len(seen.nodes))
    order[[a, b]] = b, a
    yield (
        "rows",
        replace(lure, observation=replace(seen, voltage=LinearMap(*(seen.voltage[order]).__dict__.values()))),
    )


def compiled(text: str):
    circuit = Circuit.parse(text)
    return circuit, compile_circuit(circuit)
