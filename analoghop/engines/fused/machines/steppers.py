"""`kernel_of`: which machine has compiled steps."""

from __future__ import annotations

from functools import singledispatch

from analoghop.engines.fused.machines.amplitude import AmplitudeKernel
from analoghop.engines.fused.machines.clauses import ClausesKernel
from analoghop.engines.fused.machines.inertial import InertialKernel
from analoghop.engines.fused.machines.kernel import Kernel
from analoghop.engines.fused.machines.multipliers import MultipliersKernel
from analoghop.engines.fused.machines.satisfaction import SatisfactionKernel
from analoghop.engines.fused.machines.spin_network import SpinNetworkKernel
from analoghop.engines.machines.assignment_tables import Precision
from analoghop.systems.machine import Machine
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.amplitude import Amplitude
from analoghop.systems.machines.inertial import Inertial
from analoghop.systems.machines.satisfaction import Satisfaction
from analoghop.systems.machines.spin_network import SpinNetwork


@singledispatch
def kernel_of(machine: Machine, dtype: Precision) -> Kernel | None:
    """Return the compiled steps of `machine` in precision `dtype`, None where there are none."""
    return None


kernel_of.register(Inertial, InertialKernel)
kernel_of.register(AdaptiveLines, MultipliersKernel)
kernel_of.register(ClauseCircuit, ClausesKernel)
kernel_of.register(Satisfaction, SatisfactionKernel)
kernel_of.register(SpinNetwork, SpinNetworkKernel)
kernel_of.register(Amplitude, AmplitudeKernel)
