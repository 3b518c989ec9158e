"""Decks in ngspice: parameters, scopes, names and measurements mean there what they mean here."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from test_netlist_subcircuits import NESTED, SCOPES

from analoghop.circuit import netlist
from analoghop.formats.waveforms.raw import read_raw

pytestmark = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]


def run(text, folder, name="deck"):
    """The last values of all signals of a deck, by name."""
    (folder / f"{name}.cir").write_text(text, encoding="utf-8")
    command = ["ngspice", "-b", "-r", f"{name}.raw", f"{name}.cir"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert (folder / f"{name}.raw").exists(), result.stdout + result.stderr
    waveforms = read_raw(folder / f"{name}.raw")
    return dict(zip(waveforms.names, np.asarray(waveforms.data)[:, -1], strict=True))


def same(text, folder):
    """Check that a deck and what is written of its circuit come out alike; return signals and circuit."""
    circuit = netlist.parse(text, directory=folder)
    there = run(text, folder)
    written = run(netlist.format(circuit), folder, "written")
    shared = {k for k in there.keys() & written.keys() if k.startswith(("v(", "i(v"))}
    assert {f"v({node})" for node in circuit.nodes} <= shared
    for name in shared:
        assert there[name] == pytest.approx(written[name], rel=1e-6, abs=1e-9), name
    return there, circuit


@pytest.mark.parametrize(("call", "formal", "value", "expected"), SCOPES)
def test_scopes_of_parameters(call, formal, value, expected, tmp_path):
    text = f"title\n.param l=7 g=3\ni1 0 a 1\n{call}\n.subckt s p {formal}\nr1 p 0 {value}\n.ends\n"
    found = run(f"{text}.tran 0.1 1 uic\n.end\n", tmp_path)
    assert found["v(a)"] == pytest.approx(expected, rel=1e-12)


def test_a_subcircuit_sees_the_parameters_of_its_caller(tmp_path):
    text = """title
.param x=1 y=11
i1 0 a 1
i2 0 b 1
x1 a top y=5
x2 b inner
.subckt top p y=2 x=9
xi p inner
.ends
.subckt inner p
r1 p 0 {x*10+y}
.ends
.tran 0.1u 1u uic
.end
"""
    there, _ = same(text, tmp_path)
    assert (there["v(a)"], there["v(b)"]) == pytest.approx((95.0, 21.0))


def test_nested_subcircuits_have_the_same_names_and_values(tmp_path):
    text = f"title\n{NESTED}\n.tran 1n 100n uic\n.end\n"
    there, circuit = same(text, tmp_path)
    assert "x1.xi.n" in circuit.nodes
    assert {"v(x1.xi.n)", "v(xb.y)", "i(v.x1.vm)"} <= there.keys()


FORMS = """title
.param g=3 x=2 big=1k
.func sq(y) {y*y}
v1 b 0 PULSE(0 5 1u 1u 1u 4u 10u)
v2 c 0 DC 0 PULSE 0 5 1u
v3 d 0 SIN (0, 1, 1meg)
v4 e 0 PWL(0 0 1u 1
+ 2u 0)

* comment
+ ; nothing
v5 f 0 {sq(x)-1}
v6 h 0 EXP(0 1 1u 2u 5u 1u)
r7 h gnd r={big}
r8 h 0 resistance=2k
r9 h GND 'big*2'
c1 q 0 c=1n ic=2
c2 q2 0 1n
c3 q3 0 1n ic=2
rq q 0 1k
rq2 q2 0 10kOhm
rq3 q3 0 1e1k
.ic v(q2)=3 v(q3)=7
e1 e1 0 f 0 2
e2 e2 0 vol='V(f)*x'
e3 e3 0 value={V(f)^2}
g1 g1 0 f 0 1m
rg1 g1 0 1k
g2 g2 0 cur='V(f)/1k'
rg2 g2 0 1k
b1 b1 0 V={V(f)}*tanh({g}*V(d)/{x})
b2 b2 0 I=V(b,e)*1m
rb2 b2 0 1k
b3 b3 0 V=pwl(V(b), 0,0, 1,2, 3,1) + (V(b) > 2 ? 1 : 0)
.if (g > 2)
ri b 0 1k
.else
ri b 0 2k
.endif
b4 b4 0 V=I(v1)*1k $ current
b5 b5 0 V=2*3//tail
.tran 0.1u 10.25u uic
.end
"""


def test_every_form_of_elements(tmp_path):
    there, _ = same(FORMS, tmp_path)
    assert there["v(q3)"] == pytest.approx(2 * np.exp(-10.25e-6 / 10e-6), rel=1e-4)


def test_the_foreach_form_sweeps_elements(tmp_path):
    text = "title\nv1 a 0 1\nr1 a b 1k\nr2 b 0 1k\n.tran 1u 10u uic\n"
    text += "*!analoghop step param r1 list 1k 3k 9k\n.end\n"
    written = netlist.format(netlist.parse(text), foreach=True).replace("run\n", "run\nprint v(b)[5]\n")
    result = subprocess.run(
        ["ngspice", "-b"],
        input=written,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = [float(x) for x in re.findall(r"v\(b\)\[5\] = (\S+)", result.stdout)]
    assert found == pytest.approx([0.5, 0.25, 0.1])


MEASURES = """title
v1 b 0 PULSE(0 5 1u 1u 1u 4u 10u)
v2 d 0 SIN(0 1 1meg)
r1 b d 1k
.tran 1n 10u uic
.meas tran m1 FIND v(b) AT=1.5u
.meas tran m2 WHEN v(b)=2.5 RISE=1
.meas tran m3 WHEN v(b)=2.5 FALL=LAST
.meas tran m4 MAX v(b)
.meas tran m5 AVG v(b) FROM=1u TO=5u
.meas tran m6 TRIG v(b) VAL=1 RISE=1 TARG v(b) VAL=4 RISE=1
.meas tran m7 PARAM='m6*2'
.meas tran m8 FIND v(b) WHEN v(d)=0.5 CROSS=4
.meas tran m9 MAX par('v(b)-v(d)')
.meas tran m10 WHEN v(b)=v(d) RISE=1
.meas tran m11 PP v(d) FROM=1u TO=3u
.meas tran m12 INTEG v(b)
.meas tran m13 RMS v(d)
.meas tran m14 MIN_AT v(d) FROM=1u TO=2u
.meas tran m15 TRIG AT=1u TARG v(b) VAL=4 FALL=1 TD=2u
.end
"""


def measured(text, folder):
    result = subprocess.run(
        ["ngspice", "-b"], input=text, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    found = re.findall(r"^(m\d+)\s+=\s+(\S+)", result.stdout, re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_measurements_are_written_as_they_were_read(tmp_path):
    there = measured(MEASURES, tmp_path)
    written = measured(netlist.format(netlist.parse(MEASURES)), tmp_path)
    assert len(there) == 15
    assert written == pytest.approx(there, rel=1e-5)
