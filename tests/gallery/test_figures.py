"""The figures of the gallery that are quick: their facts hold, and their pictures have labels and legends."""

import numpy as np
import pytest

from analoghop import InputError, Limits
from analoghop.gallery import CLASSICS, Classic, classic
from analoghop.study.findings import Findings

FAST = 1.5
"""Processor time in s up to which a figure is computed here; the benchmark computes all."""

QUICK = [name for name in CLASSICS if classic(name).seconds <= FAST]


@pytest.fixture(scope="module", params=QUICK)
def figure(request: pytest.FixtureRequest) -> tuple[Classic, Findings]:
    one = classic(request.param)
    return one, one.reproduce(seed=0)


def test_no_fact_of_a_quick_figure_fails(figure: tuple[Classic, Findings]) -> None:
    one, found = figure
    assert not found.interrupted
    assert found.study == one.name
    assert [fact for fact in found.facts if fact.holds is False] == []
    assert any(fact.holds for fact in found.facts)
    assert all(fact.note for fact in found.facts if fact.holds is None), "what is missing must be said"
    assert found.units.keys() <= found.arrays.keys()
    assert all(np.isfinite(fact.value) for fact in found.facts)


def test_its_picture_has_labels_and_a_legend(figure: tuple[Classic, Findings]) -> None:
    axes = [ax for ax in figure[1].plot().axes if ax.axison and ax.get_label() != "<colorbar>"]
    assert axes
    assert all(ax.get_xlabel() and ax.get_title(loc="left") for ax in axes)
    assert any(ax.get_legend() for ax in axes)


@pytest.mark.parametrize("name", CLASSICS)
def test_every_figure_says_what_it_is(name: str) -> None:
    one = classic(name)
    assert one.name == name
    assert all((one.title, one.source, one.statement, one.checked))
    assert one.source.count("(") >= 1, "the year stands in brackets"


@pytest.mark.parametrize("name", QUICK)
def test_a_figure_that_is_cut_short_says_so_and_draws_what_is_complete(name: str) -> None:
    found = classic(name).reproduce(limits=Limits(1e-9))
    assert found.interrupted
    assert found.facts == ()
    assert found.plot().axes


def test_unknown_figures_and_bad_seeds_are_refused() -> None:
    with pytest.raises(InputError, match="no figure 'nonsense' in the gallery: expected hopfield-1982"):
        classic("nonsense")
    with pytest.raises(InputError, match="`seed`"):
        classic(QUICK[0]).reproduce(seed=-1)
