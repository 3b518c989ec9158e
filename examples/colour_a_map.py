"""The states of Germany in as few colours as the circuit finds. Writes colour_a_map.png."""

import analoghop
from analoghop import Colouring, Graph, entry_of, trace
from analoghop.plotting import save_figure, solved

PLACES = {
    "Schleswig-Holstein": (9.8, 54.3),
    "Hamburg": (10.1, 53.5),
    "Lower Saxony": (9.1, 52.6),
    "Bremen": (8.7, 53.2),
    "Mecklenburg": (12.5, 53.8),
    "Brandenburg": (14.1, 51.9),
    "Berlin": (13.4, 52.6),
    "Saxony-Anhalt": (11.7, 52.1),
    "Saxony": (13.3, 51.0),
    "Thuringia": (11.0, 50.9),
    "Hesse": (9.0, 50.6),
    "North Rhine": (7.5, 51.5),
    "Palatinate": (7.4, 50.0),
    "Saarland": (6.9, 49.4),
    "Baden": (9.0, 48.6),
    "Bavaria": (11.4, 49.0),
}
BORDERS = """0-1 0-2 0-4 1-2 2-3 2-4 2-5 2-7 2-9 2-10 2-11 4-5 5-6 5-7 5-8 7-8 7-9 8-9 8-15 9-10 9-15
10-11 10-12 10-14 10-15 11-12 12-13 12-14 14-15"""

if __name__ == "__main__":
    borders = [tuple(map(int, pair.split("-"))) for pair in BORDERS.split()]
    graph = Graph.of(len(PLACES), borders, name="Germany", coordinates=list(PLACES.values()))
    problem = Colouring(graph)
    result = analoghop.solve(problem, seed=0)

    colours = result.extra["colours"]
    print(f"{colours} colours, {result.valid} of {len(result.starts)} starts proper, critical gain", end=" ")
    print(f"{result.parameters['critical_gain']:.3f}; tried {result.parameters['tried']}")
    for colour in range(colours):
        names = [name for name, c in zip(PLACES, result.answer, strict=True) if c == colour]
        print(f"  colour {colour}: {', '.join(names)}")

    known = Colouring(graph, colours)
    encoding = entry_of(known).formulation(None)().encode(known)
    run = trace(encoding, result.seed, list(result.starts).index(result.best))
    save_figure(solved(known, result, run), "colour_a_map.png")
