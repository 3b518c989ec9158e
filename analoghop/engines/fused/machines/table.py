"""`kernel_of`: which machine has compiled steps."""

from __future__ import annotations

from functools import singledispatch

from analoghop.engines.assignment_program import Precision
from analoghop.engines.fused.machines.inertial import InertialKernel
from analoghop.engines.fused.machines.kernel import Kernel
from analoghop.engines.fused.machines.multipliers import MultipliersKernel
from analoghop.systems.inertial import Inertial
from analoghop.systems.machine import Machine
from analoghop.systems.multipliers import Multipliers


@singledispatch
def kernel_of(machine: Machine, dtype: Precision) -> Kernel | None:
    """Return the compiled steps of `machine` in precision `dtype`, None where there are none."""
    return None


kernel_of.register(Inertial, InertialKernel)
kernel_of.register(Multipliers, MultipliersKernel)
