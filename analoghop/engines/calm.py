"""Calm steps: of every so many the last are short, so that they show whether a trajectory is at rest.

Near a rest an explicit pair steps as far as its fastest mode bears, which that mode never forgets: it keeps
moving by as much as the tolerance allows, at a rate that hides the rest. A few steps of half and of a quarter
of the length calm it; where amplifiers have corners, half is not enough.
"""

EVERY = 64
"""Steps of a trajectory, tried and accepted, the last of which are calm ones."""

CALM = 12
"""How many of them: steps that leave 1e-6 of what the fastest mode holds; the second half of a quarter."""
