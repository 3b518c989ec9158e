"""Independent sets, covers and halves, against every subset."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import all_bits, random_graph

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.baselines.sets import greedy_independent_set, halves_by_swaps
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.spins.maxcut import cut_weight
from analoghop.problems.vertex_cover import VertexCover


@given(st.integers(2, 7), st.integers(0, 999))
@settings(deadline=None, max_examples=25)
def test_a_set_is_independent_where_the_rest_is_a_cover(n: int, seed: int) -> None:
    graph = random_graph(n, seed)
    independent, cover = IndependentSet(graph), VertexCover(graph)
    sizes = []
    for chosen in all_bits(n):
        inside = [1 for i, j in graph.edges if chosen[i] and chosen[j]]
        verdict = independent.verify(chosen)
        assert verdict.valid == (not inside)
        assert verdict.cost == (None if inside else chosen.sum())
        assert verdict.violations == ({"edges inside": len(inside)} if inside else {})
        rest = cover.verify(1 - chosen)
        assert rest.valid == verdict.valid
        assert rest.violations == ({"uncovered edges": len(inside)} if inside else {})
        sizes.append(verdict.cost or 0)
    greedy = greedy_independent_set(graph)
    assert independent.verify(greedy).valid
    assert independent.baselines(0, Limits())["greedy"] <= max(sizes)
    assert cover.baselines(0, Limits())["greedy"] == n - greedy.sum()


@given(st.integers(2, 7), st.integers(0, 999))
@settings(deadline=None, max_examples=25)
def test_halves_differ_by_one_vertex_at_most(n: int, seed: int) -> None:
    graph = random_graph(n, seed, weighted=True)
    problem = Partition(graph)
    for sides in all_bits(n):
        verdict = problem.verify(sides)
        assert verdict.valid == (abs(n - 2 * sides.sum()) <= 1)
        assert verdict.cost == (cut_weight(graph, sides) if verdict.valid else None)
    first = np.arange(n) % 2
    swapped = halves_by_swaps(graph, first)
    assert swapped.sum() == first.sum()
    assert cut_weight(graph, swapped) <= cut_weight(graph, first)
    assert set(problem.baselines(0, Limits())) == {"random", "swaps"}


@pytest.mark.parametrize("kind", [IndependentSet, VertexCover, Partition])
def test_bad_answers(kind) -> None:
    problem = kind(random_graph(3, 0))
    for answer in ([0, 1], [0, 1, 2], "011", [0, 1, np.nan]):
        with pytest.raises(InputError, match="expected 3"):
            problem.verify(answer)
