"""Chaos: random couplings settle below strength 1 and are chaotic above; symmetry brings order back.

Writes chaos.png and asymmetry.png.
"""

from analoghop.plotting import save_figure
from analoghop.study import asymmetry, chaos

if __name__ == "__main__":
    found = chaos(100, [0.5, 0.8, 1.5, 2.0, 3.0, 5.0], duration=100.0, transient=30.0)
    print("\n".join(found.lines))
    save_figure(found.plot(), "chaos.png")
    turned = asymmetry(40, [0.0, 20.0, 40.0, 60.0], draws=6, tstop=200.0)
    print("\n".join(turned.lines))
    save_figure(turned.plot(), "asymmetry.png")
