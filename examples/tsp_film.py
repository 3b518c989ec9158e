"""The formation of a tour from a hundred undecided amplifiers, as an animation. Writes tsp_film.gif."""

from pathlib import Path

from analoghop import TSP, Potts, trace
from analoghop.plotting import save_film

INSTANCE = Path(__file__).parent / "instances" / "ht10.csv"

if __name__ == "__main__":
    problem = TSP.read(INSTANCE)
    encoding = Potts().encode(problem)
    run = trace(encoding, seed=1, number=0)
    tour = encoding.decode(run.outputs[:, -1:])[0].answer
    print("tour", tour, "of length", problem.verify(tour).cost)
    save_film("tsp_film.gif", problem, run, order=tour, record={"seed": 1, "formulation": "potts"})
