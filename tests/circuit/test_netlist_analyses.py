"""`.dc`, `.ac`, `.noise`, their measurements and `AC` of sources: read, written, read again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Circuit, netlist
from analoghop.circuit.elements import Phasor, VoltageSource
from analoghop.circuit.expressions import Call, Voltage
from analoghop.circuit.requests import Frequencies, NoiseRequest, SweptSource
from analoghop.errors import NetlistError

PLAIN = "title\nV1 a 0 1\nR1 a b 1k\nC1 b 0 1u\nI1 0 b 0\n"
NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)


def source(text: str) -> VoltageSource:
    circuit = Circuit.parse(f"title\nV1 a 0 {text}\nR1 a 0 1k\n.tran 1u 1m uic\n")
    found = circuit.elements[0]
    assert isinstance(found, VoltageSource)
    return found


def test_small_signals_of_sources() -> None:
    assert source("AC").ac == Phasor(1.0, 0.0)
    assert source("AC 2").ac == Phasor(2.0, 0.0)
    assert source("3 AC 2 45").ac == Phasor(2.0, 45.0)
    assert source("AC 1 DC 3").signal.value(0.0) == 3.0
    assert source("SIN(0 1 1k) AC {1+1}").ac == Phasor(2.0, 0.0)
    assert source("5").ac is None


def test_levels_beside_waveforms() -> None:
    assert source("DC 2 SIN(0 1 1k)").dc == 2.0
    assert source("DC 0 SIN(0 1 1k)").dc is None
    assert source("DC 2").dc is None


def test_lines_become_records() -> None:
    deck = PLAIN + ".dc v1 0 {n} 0.5 I1 0 1m 1m\n.ac OCT 3 {n} 1k\n.noise V(b, a) V1 lin 4 0 3 1\n"
    circuit = Circuit.parse(deck + ".param n=2\n.temp 50\n.meas ac m MAX vdb(b)\n.meas dc m MAX v(b)\n.end\n")
    assert circuit.dc == (SweptSource("v1", 0.0, 2.0, 0.5), SweptSource("i1", 0.0, 1e-3, 1e-3))
    assert circuit.ac == Frequencies("oct", 3, 2.0, 1000.0)
    assert circuit.noise == NoiseRequest("b", "a", "v1", Frequencies("lin", 4, 0.0, 3.0), 50.0)
    (small,), (swept,) = circuit.ac_measures, circuit.dc_measures
    assert small.quantity == Call("db", (Voltage("b"),))
    assert swept.quantity == Voltage("b")
    assert circuit.measures == ()
    assert circuit.notices == ()


@st.composite
def decks(draw: st.DrawFn) -> str:
    """Decks with every kind of line that an analysis has."""
    number = draw(st.sampled_from([".dc v1 {0} {1} {2}", ".dc v1 {0} {1} {2} r1 1k 2k 1k"]))
    start, step = draw(NUMBERS), draw(st.floats(1e-3, 10.0))
    lines = [number.format(repr(start), repr(start + 5 * step), repr(step))]
    kind, points = draw(st.sampled_from(["dec", "oct", "lin"])), draw(st.integers(1, 9))
    low = draw(st.floats(1e-3, 1e3))
    lines.append(f".ac {kind} {points} {low!r} {low * 10!r}")
    lines.append(
        f".noise v({draw(st.sampled_from(['a', 'b', 'b,a']))}) i1 {kind} {points} {low!r} {low * 9!r}"
    )
    lines.append(draw(st.sampled_from(["", ".temp 30", ".options temp=40", ".temp 27\n.options temp=40"])))
    part = draw(st.sampled_from(["vm(b)", "vp(b,a)", "vr(b)", "vi(b)", "vdb(b)", "v(b)", "im(v1)"]))
    at = draw(NUMBERS)
    lines.append(f".meas ac m1 FIND {part} AT={at!r}\n.meas ac m2 WHEN {part}={at!r} FALL=2")
    lines.append(f".meas ac m3 MAX {part} FROM={at!r}\n.meas ac m4 PARAM='m1+m3'")
    lines.append(f".meas dc m1 FIND v(b) AT={at!r}\n.meas dc m2 WHEN v(b)={at!r} RISE=LAST")
    lines.append(f".meas dc m3 PP v(b) FROM={at!r} TO={at + 1!r}\n.meas dc m4 MIN i(v1)")
    phasor = draw(st.sampled_from(["", "AC", "AC 2", f"AC 1 {draw(NUMBERS)!r}"]))
    first = PLAIN.replace("V1 a 0 1", f"V1 a 0 {draw(st.sampled_from(['1', 'DC 2 SIN(0 1 1k)']))} {phasor}")
    return "\n".join([first, *lines, ".tran 1u 1m uic", ""])


@given(decks())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(deck: str) -> None:
    circuit = Circuit.parse(deck)
    assert netlist.parse(netlist.format(circuit)) == circuit


@pytest.mark.parametrize("line", [".dc", ".ac", ".noise", ".dc v1", ".ac lin", ".noise v(b)", ".dc v1 a b c"])
def test_lines_that_stop_early_are_refused_with_their_form(line: str) -> None:
    with pytest.raises(NetlistError) as caught:
        Circuit.parse(PLAIN + line + "\n")
    assert "<deck>:6" in str(caught.value)
    assert "expected" in str(caught.value)
