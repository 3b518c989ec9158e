"""A Sudoku with 17 givens solved by a circuit: success rate, duration, and a film. Writes sudoku.gif."""

import numpy as np

import analoghop
from analoghop import Sudoku, entry_of, trace
from analoghop.plotting import save_film

GIVENS = "000000012040050000000009000070600400000100000000000050000087500601000300200000000"

if __name__ == "__main__":
    problem = Sudoku(GIVENS, "seventeen")
    result = analoghop.solve(problem, starts=16, seed=0)
    answer = result.answer
    print(f"{result.valid} of {len(result.starts)} starts fill the grid without repair")
    if answer is not None:
        print("\n".join(answer[k : k + 9] for k in range(0, 81, 9)))

    encoding = entry_of(problem).formulation(None)().encode(problem)
    best = list(result.starts).index(result.best or result.starts[0])
    run = trace(encoding, result.seed, best, points=24)
    wrong = [problem.verify(found).cost for found in run.answers]
    print(f"pairs in conflict on the way: {wrong[0]:.0f} at first, {np.median(wrong):.0f} half of the time")
    save_film("sudoku.gif", problem, run, record={"seed": result.seed, "start": best}, frames=12)
