import pytest

from analoghop.circuit.bases import negative_bases
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ScipyIVP

DECK = "t\nVin in 0 SIN(0 1 1k)\nR1 in u 1k\nC1 u 0 10n\nB1 v 0 V=V(u)^{}\nR2 v 0 1k\n.tran 10u 2m uic\n"


@pytest.mark.parametrize(("exponent", "warned"), [("3", True), ("2", False), ("1.5", True)])
def test_a_base_that_becomes_negative_is_reported_once(exponent, warned):
    circuit = parse(DECK.format(exponent), file="power.cir")
    lure = compile_circuit(circuit)
    solution = ScipyIVP().integrate(lure, lure.start, (0.0, 2e-3))
    warnings = negative_bases(circuit, solution)
    assert len(warnings) == int(warned)
    if warned:
        assert warnings[0].startswith("power.cir:5:")
        assert "`V(u)` fell to -" in warnings[0]
