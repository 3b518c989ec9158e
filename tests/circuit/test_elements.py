import pickle

import pytest
from hypothesis import given
from strategies import circuits

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    Capacitor,
    CurrentSource,
    Resistor,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Number, Voltage
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Instant,
    IntervalMeasure,
    StatisticMeasure,
    expressions,
)
from analoghop.errors import Location
from analoghop.schedules import Constant

DIVIDER = (
    VoltageSource("v1", "in", "0", Constant(1.0)),
    Resistor("r1", "in", "out", 1e3),
    VoltageControlledVoltage("e1", "x", "0", "out", "ref", 2.0),
)


def test_nodes_come_in_order_of_appearance_without_ground():
    assert Circuit("t", DIVIDER).nodes == ("in", "out", "x", "ref")


def test_places_and_notices_take_no_part_in_equality():
    one = Circuit("t", DIVIDER, locations={"r1": Location("a", 1)}, notices=("a:1: odd",))
    other = Circuit("t", DIVIDER)
    assert one == other
    assert hash(one) == hash(other)
    assert one != Circuit("t", DIVIDER[:2])


def test_a_capacitor_has_no_initial_voltage_unless_it_is_given():
    assert Capacitor("c1", "a", "0", 1e-9).ic is None
    assert CurrentSource("i1", "0", "a", Constant(1.0)).signal == Constant(1.0)


def test_elements_cannot_be_changed():
    with pytest.raises(AttributeError):
        DIVIDER[1].value = 2.0
    with pytest.raises(AttributeError):
        Circuit("t", DIVIDER).title = "u"


def test_measurements_tell_what_they_observe():
    a, b = Voltage("a"), Voltage("b")
    edge = Crossing(a, Number(0.5))
    assert expressions(FindMeasure("m", b, edge)) == (b, a, Number(0.5))
    assert expressions(FindMeasure("m", None, edge)) == (a, Number(0.5))
    assert expressions(FindMeasure("m", b, Instant(1.0))) == (b,)
    assert expressions(StatisticMeasure("m", "max", a)) == (a,)
    assert expressions(IntervalMeasure("m", Instant(0.0), edge)) == (a, Number(0.5))
    assert expressions(DerivedMeasure("m", Number(1.0))) == ()


@given(circuits())
def test_circuits_can_be_sent_to_other_processes(circuit):
    assert pickle.loads(pickle.dumps(circuit)) == circuit
