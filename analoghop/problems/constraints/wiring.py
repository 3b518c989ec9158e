"""`Wiring`: the cells and adaptive lines that represent the variables and constraints of a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from analoghop.arrays import Array, Integers, Mask
from analoghop.errors import InputError
from analoghop.problems.constraints.constrained import Constrained, Constraint
from analoghop.systems.machines.clusters import Clusters
from analoghop.systems.machines.exclusions import Exclusions
from analoghop.systems.machines.sum_bounds import Lines


@dataclass(frozen=True)
class Rates:
    """Rates of growth (`eta`) and decay (`delta`) of the weights of violated constraints.

    `stiffness` of lower bounds relative to upper ones. "At most one" of up to `paired` variables has a weight
    for each pair of them, of more variables a single one. Coefficients and bounds of weighted sums are
    divided by the largest coefficient to the power `levelling`.
    """

    eta: float
    delta: float
    stiffness: float = 1.0
    paired: int = 2
    levelling: float = 0.0


@dataclass(frozen=True, eq=False)
class Wiring:
    """Clusters of `widths` cells: one for each choice whose variables are in no earlier cluster.

    A variable outside all clusters has its own of two cells, on and off. `cell` (variables,) is the cell that
    is on if the variable is 1, or -1 if the variable is fixed at 0. Fixed values are substituted; they have
    consequences only within a choice: a variable fixed at 1 is the only cell of its cluster. `others` are the
    constraints that are not clusters, `alone` the variables with cells for on and off.
    """

    problem: Constrained
    widths: Integers
    cell: Integers
    alone: Integers
    others: tuple[Constraint, ...]

    @staticmethod
    def of(problem: Constrained) -> Wiring:
        """Return the wiring of `problem`. Raises `InputError` if fixed values violate a choice."""
        fixed = np.full(problem.count, -1)
        fixed[list(problem.fixed)] = list(problem.fixed.values())
        taken = np.zeros(problem.count, dtype=bool)
        cell = np.full(problem.count, -1, dtype=np.int64)
        widths: list[int] = []
        cells = 0
        others: list[Constraint] = []
        for constraint in problem.constraints:
            variables = np.array(constraint.variables)
            if not constraint.is_choice or taken[variables].any():
                others.append(constraint)
                continue
            ones = variables[fixed[variables] == 1]
            left = ones if len(ones) else variables[fixed[variables] != 0]
            if len(ones) > 1 or not len(left):
                raise InputError(f"the fixed values break one of the {constraint.name}")
            taken[variables] = True
            cell[left] = cells + np.arange(len(left))
            widths.append(len(left))
            cells += len(left)
        for width, held in ((1, fixed == 1), (2, fixed < 0)):
            alone: Integers = np.flatnonzero(~taken & held)
            cell[alone] = cells + width * np.arange(len(alone))
            widths += [width] * len(alone)
            cells += width * len(alone)
        return Wiring(problem, np.array(widths, dtype=np.int64), cell, alone, tuple(others))

    @property
    def weighs(self) -> bool:
        """Whether a constraint needs a line of a weighted sum: it is not one of "one of several"."""
        return any(not (c.plain and c.bound == 1.0) for c in self.others)

    def weighed(self, lines: Lines) -> Mask:
        """Return the lines of weighted sums, (count,)."""
        found = np.zeros(lines.count, dtype=bool)
        for k, (kind, bound) in enumerate(zip(lines.kinds, lines.bounds[:, 0].tolist(), strict=True)):
            a = lines.coefficients[lines.starts[k] : lines.starts[k + 1], 0]
            one_of_them = bound == 1.0 and bool((a == 1.0).all())
            found[k] = kind in ("at_most", "equal") or (kind == "at_least" and not one_of_them)
        return found

    @property
    def cells(self) -> int:
        """Number of cells."""
        return int(self.widths.sum())

    def parts(self, rates: Rates) -> tuple[Exclusions, Lines]:
        """Return the lines of the constraints. Raises `InputError` for one that fixed values violate."""
        pairs: set[tuple[int, int]] = set()
        lines: list[tuple[Integers, Array, str, float, float]] = []
        for constraint in self.others:
            at = self.cell[list(constraint.variables)]
            members, a = at[at >= 0], np.array(constraint.coefficients)[at >= 0]
            low, high = self._range(members, a)
            bound, sense = constraint.bound, constraint.sense
            if (sense != "<=" and high < bound) or (sense != ">=" and low > bound):
                raise InputError(f"one of the {constraint.name} cannot hold with the values that are fixed")
            if low == high:
                continue  # it holds whatever the cells say
            single = constraint.plain and bound == 1.0 and sense != ">="
            if single and len(members) <= rates.paired:
                pairs.update(combinations(sorted(members.tolist()), 2))
            elif single:
                lines.append((members, a, "exclusive", 1.0, 1.0))
            lower = (sense == ">=" or (single and sense == "==")) and low < bound
            upper = not single and not (sense == "<=" and high <= bound) and sense != ">="
            if not (constraint.plain and bound == 1.0) and len(a):
                unit = float(np.abs(a).max()) ** rates.levelling
                a, bound = a / unit, bound / unit
            if lower:
                lines.append((members, a, "at_least", bound, rates.stiffness))
            elif upper:
                lines.append((members, a, "at_most" if sense == "<=" else "equal", bound, 1.0))
        return self._pairs(pairs, rates), self._lines(lines, rates)

    def _range(self, members: Integers, a: Array) -> tuple[float, float]:
        """Return the smallest and the largest sum of the cells `members`, with those that are always on."""
        always = self.widths[self.clusters.of_cell[members]] == 1
        base = float(a[always].sum())
        return base + float(np.minimum(a[~always], 0).sum()), base + float(np.maximum(a[~always], 0).sum())

    def _pairs(self, pairs: set[tuple[int, int]], rates: Rates) -> Exclusions:
        ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        return Exclusions(self.cells, ends[:, 0], ends[:, 1], eta=rates.eta, delta=rates.delta)

    def _lines(self, lines: list[tuple[Integers, Array, str, float, float]], rates: Rates) -> Lines:
        if not lines:
            return Lines.none(self.cells)
        members, coefficients, kinds, bounds, stiffness = zip(*lines, strict=True)
        return Lines(
            self.cells,
            np.cumsum([0, *map(len, members)]),
            np.concatenate(members),
            np.concatenate(coefficients),
            kinds,
            np.array(bounds),
            np.array(stiffness),
            rates.eta,
            rates.delta,
        )

    @cached_property
    def clusters(self) -> Clusters:
        """The clusters."""
        return Clusters(self.widths)

    def values(self, choices: Integers) -> Integers:
        """Return the values (variables,) for the index of the winning cell in each cluster."""
        on = np.zeros(
            self.cells + 1, dtype=np.int64
        )  # the last entry, of variables without a cell, is never on
        on[self.clusters.starts[:-1] + choices] = 1
        return on[self.cell]

    def choices(self, values: Integers) -> Integers:
        """Return the index of the winning cell in each cluster for `values` (variables,).

        Raises `InputError` for values that violate a choice or differ from the fixed ones.
        """
        on = np.zeros((self.cells, 1))
        chosen = self.cell[values == 1]
        on[chosen[chosen >= 0], 0] = 1.0
        on[self.cell[self.alone[values[self.alone] == 0]] + 1] = 1.0
        if (chosen < 0).any() or (np.add.reduceat(on[:, 0], self.clusters.starts[:-1]) != 1).any():
            raise InputError("`answer` breaks a choice of the model, or a value that is fixed")
        return self.clusters.choices(on)[:, 0]

    def soft(self, outputs: Array) -> Array:
        """Return the outputs of the variables' cells, (variables, members), 0 for one without a cell."""
        return np.where(self.cell[:, None] >= 0, outputs[self.cell], 0.0)
