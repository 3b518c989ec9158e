"""Every kind of element and source: the same waveforms here and in ngspice, to 1e-6 of a signal's range."""

import shutil

import numpy as np
import pytest

from analoghop.circuit import netlist
from analoghop.circuit.ngspice import run_ngspice_circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import transient
from analoghop.engines import ScipyIVP

pytestmark = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]

DRIVE = "V1 a 0 SIN(0.2 1 1k)\nR1 a b 1k\nC1 b 0 0.2u\n"
GATE = DRIVE + "Vc s 0 PULSE(0 1 0.3m 10u 10u 0.6m 2m)\nRc s 0 1k\n"
CASES = {
    "F": DRIVE + "F1 0 c V1 2\nRc c 0 500\nCc c 0 0.1u",
    "F of a current into a capacitor": DRIVE + "Vs b d 0\nCd d 0 0.1u\nF1 0 c Vs 2\nRc c 0 500\nCc c 0 0.1u",
    "F that drives itself": DRIVE + "Vs a s 0\nRs s c 1k\nF1 0 c Vs 0.5\nRc c 0 2k\nRd c d 1k\nCd d 0 0.1u",
    "H": DRIVE + "H1 h 0 V1 500\nRh h c 1k\nCc c 0 0.1u",
    "POLY of E": DRIVE + "E1 e 0 POLY(2) a 0 b 0 0.1 1 0.5 0.3 -0.2 0.1\nRe e c 1k\nCc c 0 0.1u",
    "POLY of G": DRIVE + "G1 0 c POLY(1) b 0 0 1m 0.2m\nRc c 0 1k\nCc c 0 0.1u",
    "POLY of F": DRIVE + "F1 0 c POLY(1) V1 0 1 100\nRc c 0 1k\nCc c 0 0.1u",
    "POLY of H": DRIVE + "H1 h 0 POLY(1) V1 0 1k 100k\nRh h c 1k\nCc c 0 0.1u",
    "one coefficient": DRIVE + "E1 e 0 POLY(1) b 0 2\nRe e c 1k\nCc c 0 0.1u",
    "R of a voltage": DRIVE + "R2 b c R={1k*(2+V(c))}\nCc c 0 0.1u",
    "m and tc": DRIVE + "R2 b c 1k m=2 tc1=0.01 tc2=0.001 temp=37\nCc c 0 0.1u m=3",
    "R by model": DRIVE + "R2 b c rmod l=10u w=2u\nCc c 0 0.1u\n.model rmod r(rsh=100 narrow=0.1u)",
    "calls in parallel": DRIVE + "X1 b c s m=3\nCc c 0 0.1u\n.subckt s p q\nR1 p q 2k\nC1 q 0 10n\n.ends",
    "L": DRIVE + "L1 b c 20m IC=0.5m\nRc c 0 300",
    "K": DRIVE + "L1 b 0 20m\nL2 c 0 40m\nK1 L1 L2 0.6\nRc c 0 500\nL3 c d 10m\nRd d 0 1k",
    "L in series": DRIVE + "L1 b c 20m\nL2 d c 30m\nRd d 0 300",
    "D": DRIVE + "D1 b c junction\nRc c 0 2k\nCc c 0 0.2u",
    "D behind a resistor": DRIVE + "R2 b c 500\nD1 c 0 junction\nRd c d 1k\nCd d 0 0.1u",
    "D with its foot up": DRIVE + "R2 b c 500\nD1 0 c zener\nRd c d 1k\nCd d 0 0.1u",
    "breakdown": "V1 a 0 SIN(0 6 1k)\nR1 a b 1k\nD1 b 0 zener\nRd b d 1k\nCd d 0 0.1u",
    "D with a capacitance": DRIVE + "D1 b c slow\nRc c 0 2k",
    "S": GATE + "S1 b c s 0 relay\nR2 c 0 2k\nCc c 0 0.1u",
    "W": GATE + "W1 b c Vc coil\nR2 c 0 2k\nCc c 0 0.1u",
    "S behind a resistor": GATE + "R2 b c 1k\nS1 c 0 s 0 relay\nRd c d 1k\nCd d 0 0.1u",
    "R of a voltage behind a resistor": DRIVE + "R2 b c R={1k*(2+tanh(V(d)))}\nRd c d 1k\nCd d 0 0.1u",
    "two D on a node": DRIVE + "R2 b c 500\nD1 c 0 junction\nD2 0 c zener\nRd c d 1k\nCd d 0 0.1u",
    "a bridge of D": DRIVE
    + "D1 b p junction\nD2 0 p junction\nD3 n b junction\nD4 n 0 junction\nRp p n 2k\nRn n 0 50k",
    "S before D": GATE + "S1 b c s 0 relay\nD1 c d junction\nRd d e 1k\nCe e 0 0.1u",
    "ddt": DRIVE + "B1 c 0 V=0.1m*ddt(V(b)*V(b))\nRc c 0 1k",
    "SINE": "V1 a 0 SINE(0 1 1k)\nR1 a b 1k\nC1 b 0 0.1u",
    "counted pulses": "V1 a 0 PULSE(0 1 0.1m 10u 10u 0.2m 0.5m 2)\nR1 a b 1k\nC1 b 0 0.1u",
    "repeated PWL": "V1 a 0 PWL(0 0 0.2m 1 0.4m 0.5 0.6m 0) r=0\nR1 a b 1k\nC1 b 0 0.1u",
    "delayed PWL": "V1 a 0 PWL(0 0 0.2m 1 0.4m 0) r=0.2m td=0.1m\nR1 a b 1k\nC1 b 0 0.1u"
    .replace("0.4m 0)", "0.4m 0 0.6m 1)"),
    "idt": DRIVE + "B1 c 0 V=1k*idt(V(b)-0.1)\nRc c 0 1k",
    "table": DRIVE + "B1 e 0 V=table(V(b),-0.5,0,0,1,0.5,1.5)\nRe e c 1k\nCc c 0 0.1u",
}  # fmt: skip
MODELS = """.model junction D(is=1n n=1.3 rs=3)
.model zener D(is=1p n=1.2 bv=3 ibv=1m)
.model slow D(is=1n n=1.3 rs=3 cjo=1n m=0)
.model relay SW(vt=0.5 ron=200 roff=100k)
.model coil CSW(it=-0.5m ron=100k roff=200)
"""
SWITCHES = ("S", "W", "S behind a resistor", "S before D")  # ngspice changes them at the end of a step


@pytest.mark.parametrize("case", CASES)
def test_waveforms_are_those_of_ngspice(case):
    circuit = netlist.parse(f"t\n{CASES[case]}\n{MODELS}.tran 0.05u 2m uic\n.end\n")
    waves = run_ngspice_circuit(circuit, tight=True)
    lure = compile_circuit(circuit)
    keep = np.linspace(0, len(waves.times) - 1, 3000).astype(np.intp)
    times = np.unique(np.concatenate([[0.0], waves.times[keep]]))
    solution = ScipyIVP(rtol=1e-9, atol=1e-13).integrate(lure, transient(circuit, lure).start, times)
    names = [name for name in waves.signals if name[:2] in ("v(", "i(") and "#" not in name]
    assert {f"v({node})" for node in circuit.nodes} <= set(names)
    ours = solution.observe(names)
    for name, own in zip(names, ours, strict=True):
        there = np.interp(times[1:], waves.times, waves[name])
        limit = 2e-5 if case in SWITCHES else 1e-6
        if name.startswith("v("):
            assert np.abs(own[1:] - there).max() < limit * max(np.ptp(there), 1e-3), name
        else:
            assert np.abs(own[1:] - there).max() < 1e-4 * max(np.ptp(there), 1e-9), name
