"""Films of runs: their frames, what they show, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analoghop import Amplifiers, InputError, Network, Tanh, simulate
from analoghop.cli import main
from analoghop.plotting import save_animation
from analoghop.plotting.film import moments
from analoghop.solution import Solution


def network(size: int) -> Network:
    T = np.random.default_rng(0).normal(size=(size, size))
    return Network(T + T.T, Amplifiers.uniform(Tanh(), size, gain=2.0))


def pictures(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film:
        found = []
        for k in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(k)
            found.append(np.asarray(film.convert("RGB")))
        return found


@pytest.fixture(scope="module")
def flipflop() -> Solution:
    return simulate("circuits/flipflop.cir")


@pytest.mark.parametrize("size", [1, 5, 30])
def test_outputs_move_from_frame_to_frame(size: int, tmp_path: Path) -> None:
    run = simulate(network(size), tstop=3.0, x0=np.linspace(-0.3, 0.2, size))
    save_animation(tmp_path / "x.gif", run, frames=6)
    shown = pictures(tmp_path / "x.gif")
    assert 3 <= len(shown) <= 7
    assert all((one != other).any() for one, other in zip(shown, shown[1:], strict=False))


def test_a_plane_is_shown_for_two_states(flipflop: Solution, tmp_path: Path) -> None:
    save_animation(tmp_path / "x.gif", flipflop, frames=4)
    with Image.open(tmp_path / "x.gif") as film:
        assert json.loads(film.info["comment"])["title"] == "Flip-flop of two amplifiers"
    assert len(pictures(tmp_path / "x.gif")) >= 3


def test_moments_have_equal_changes_between_them() -> None:
    path = np.array([0.0, 0.0, 5.0, 10.0, 10.0, 15.0, 15.0])
    assert moments(path[:, None], 4) == [0, 2, 3, 6]


@pytest.mark.parametrize(
    ("name", "frames", "message"), [("x.png", 6, "written to a .gif file"), ("x.gif", 1, "`frames` is 1")]
)
def test_what_is_no_film_is_refused(
    name: str, frames: int, message: str, flipflop: Solution, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        save_animation(tmp_path / name, flipflop, frames=frames)
    assert not list(tmp_path.iterdir())


def test_a_run_on_the_command_line_becomes_a_film(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "x.gif"
    assert main(["run", "circuits/flipflop.cir", "--plot", str(film), "--quiet"]) == 0
    assert len(pictures(film)) > 20
    assert main(["run", "circuits/flipflop.cir", "--plot", str(film), "--starts", "3"]) == 2
    assert "a film shows one run" in capsys.readouterr().err
