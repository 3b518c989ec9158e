"""`Bank`: the amplifiers of a circuit in the system's order, and the sources that use their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analoghop.amplifiers import Amplifiers
from analoghop.circuit.elements import BehaviouralCurrent, BehaviouralVoltage
from analoghop.circuit.expressions import Current
from analoghop.circuit.recognition.forms import AffineForm
from analoghop.circuit.recognition.recognise import Recognised
from analoghop.circuit.recognition.units import Unit, Use, reading

Source = BehaviouralVoltage | BehaviouralCurrent


@dataclass(frozen=True)
class Bank:
    """`amplifiers` with one affine form per input; an expression is a form plus weighted outputs."""

    amplifiers: Amplifiers
    input_forms: tuple[AffineForm, ...]
    unit_names: tuple[str, ...]
    _linear: dict[str, AffineForm]
    _outputs: dict[str, list[tuple[int, float]]]

    @property
    def inputs(self) -> int:
        """Number of amplifier inputs."""
        return self.amplifiers.inputs

    @property
    def outputs(self) -> int:
        """Number of amplifier outputs."""
        return self.amplifiers.outputs

    def linear(self, name: str) -> AffineForm:
        """Return the part of an element's expression that is linear in voltages and time."""
        return self._linear[name]

    def outputs_of(self, name: str) -> list[tuple[int, float]]:
        """Return (output of the bank, coefficient) of an element's expression."""
        return self._outputs[name]

    def owner(self, output: int) -> str:
        """Return the element whose voltage or current an output is."""
        return self.unit_names[int(self.amplifiers.unit_of_output[output])]


@dataclass
class _Scaled:
    """A unit with the rails that make its output equal to the voltage of its source."""

    unit: Unit
    name: str
    scale: float = 1.0
    base: float = 0.0


def build_bank(sources: Sequence[tuple[Source, Recognised]]) -> Bank:
    """Return the bank of all amplifiers; an amplifier that is written twice is one unit.

    A source that is a single amplifier determines its rails, so that v is the voltage of that source.
    """
    found: dict[Unit, _Scaled] = {}
    uses: dict[str, tuple[AffineForm, list[Use]]] = {}
    for element, recognised in sources:
        linear, used = _readings(recognised)
        uses[element.name] = linear, used
        alone = isinstance(element, BehaviouralVoltage) and len(used) == 1 and not linear.items
        for use in used:
            if use.unit in found:
                continue
            scaled = found[use.unit] = _Scaled(use.unit, element.name)
            if alone and not recognised.timed:
                scaled.scale = use.coefficient
                scaled.base = linear.constant if use.unit.activation.outputs == 1 else 0.0
    units = _in_blocks(list(found.values()))
    first, position = 0, {}
    for scaled in units:
        position[scaled.unit] = first
        first += scaled.unit.activation.outputs
    linear_parts: dict[str, AffineForm] = {}
    outputs: dict[str, list[tuple[int, float]]] = {}
    for name, (linear, used) in uses.items():
        constant = linear.constant
        outputs[name] = []
        for use in used:
            scaled = found[use.unit]
            weight = use.coefficient / scaled.scale
            constant -= weight * scaled.base
            outputs[name].append((position[use.unit] + use.output, weight))
        linear_parts[name] = AffineForm(linear.items, constant)
    return Bank(
        _amplifiers(units),
        tuple(form for scaled in units for form in scaled.unit.inputs),
        tuple(scaled.name for scaled in units),
        linear_parts,
        outputs,
    )


def _readings(recognised: Recognised) -> tuple[AffineForm, list[Use]]:
    """Return the expression with each current in its linear part replaced by the output of an extra unit."""
    currents = [(leaf, c) for leaf, c in recognised.linear.items if isinstance(leaf, Current)]
    kept = tuple(item for item in recognised.linear.items if not isinstance(item[0], Current))
    extra = [Use(c, reading(AffineForm.build({leaf: 1.0}))) for leaf, c in currents]
    return AffineForm(kept, recognised.linear.constant), [*recognised.uses, *extra]


def _in_blocks(units: list[_Scaled]) -> list[_Scaled]:
    """Return the units grouped by equal amplifiers, the groups in order of first appearance."""
    kinds = list(dict.fromkeys(scaled.unit.activation for scaled in units))
    return sorted(units, key=lambda scaled: kinds.index(scaled.unit.activation))


def _amplifiers(units: list[_Scaled]) -> Amplifiers:
    gain: list[float] = []
    offset: list[float] = []
    scale: list[float] = []
    base: list[float] = []
    for scaled in units:
        unit = scaled.unit
        gain += [unit.gain] * unit.activation.inputs
        offset += unit.offsets
        scale += [scaled.scale] * unit.activation.outputs
        base += [scaled.base] * unit.activation.outputs
    return Amplifiers.of([s.unit.activation for s in units], gain, offset, scale, base)
