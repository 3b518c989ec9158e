"""A week of work shifts as a circuit: choices, bounds and wishes, in the modelling layer."""

import matplotlib.pyplot as plt
import numpy as np

import analoghop

PEOPLE, DAYS = ["Ada", "Bo", "Cy", "Di", "Eve"], ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
EARLY, LATE, OFF = range(3)
wishes = np.random.default_rng(3).integers(0, 10, (len(PEOPLE), len(DAYS), 2))  # cost of a shift for a person

model = analoghop.Model()
x = model.variables(len(PEOPLE) * len(DAYS) * 3).reshape(len(PEOPLE), len(DAYS), 3)
for person in range(len(PEOPLE)):
    for day in range(len(DAYS)):
        model.exactly_one(x[person, day], "days with one duty")
        if day:
            model.at_most([x[person, day - 1, LATE], x[person, day, EARLY]], name="nights of sleep")
    model.at_most(x[person, :, :OFF].ravel(), 4, name="working weeks")
for day in range(len(DAYS)):
    model.exactly_one(x[:, day, EARLY], "early shifts")
    model.exactly_one(x[:, day, LATE], "late shifts")
model.minimise({int(x[p, d, s]): float(wishes[p, d, s]) for p, d, s in np.ndindex(wishes.shape)})

result = analoghop.solve(model.problem("week"), starts=64, seed=0)
summary = result.to_dict()
print(f"valid: {100 * summary['valid_rate']:.0f} % of {summary['starts']} starts, without repair")
print(f"cost of the wishes: best {summary['cost_best']:g}, mean {summary['cost_mean']:.1f}")

duty = np.asarray(result.answer).reshape(x.shape).argmax(axis=2)
figure, axes = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
axes.imshow(duty, cmap=plt.matplotlib.colors.ListedColormap(["#ffd166", "#8ecae6", "#f2f2f2"]))
for person, day in np.ndindex(duty.shape):
    shift = duty[person, day]
    wish = "" if shift == OFF else f"\n{wishes[person, day, shift]}"
    axes.text(day, person, ["early", "late", ""][shift] + wish, ha="center", va="center")
axes.set_xticks(range(len(DAYS)), DAYS)
axes.set_yticks(range(len(PEOPLE)), PEOPLE)
axes.set_title(f"Shifts with their costs, {summary['cost_best']:g} in all")
figure.savefig("shifts.png", dpi=120)
