"""What hands do to a digit."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from inkread.training.augment import Turns, bend, bend_picture, turns_of

BAR = [np.array([[0.0, 0.5], [1.0, 0.5]], np.float32)]


def _degrees_of_strokes(rng: np.random.Generator, turns: Turns) -> float:
    """Bend a level bar, and return how far it points down at its right, degrees."""
    (bent,) = bend(BAR, rng, turns)
    across, down = bent[-1] - bent[0]
    return float(np.rad2deg(np.arctan2(down, across)))


def _degrees_of_picture(rng: np.random.Generator, turns: Turns) -> float:
    picture = np.zeros((40, 40), np.uint8)
    picture[18:22, 5:35] = 255
    rows, columns = np.nonzero(bend_picture(picture, rng, turns) > 0.5)
    across, down, *_ = cv2.fitLine(
        np.stack([columns, rows], axis=1).astype(np.float32), cv2.DIST_L2, 0, 0.01, 0.01
    ).ravel()
    return float(np.rad2deg(np.arctan(down / across)))


@pytest.mark.parametrize("degrees", [_degrees_of_strokes, _degrees_of_picture])
@pytest.mark.parametrize(
    ("digit", "left", "right"),
    [
        (1, True, False),  # an upstroke that is turned level is the bar of a 7
        (7, False, True),  # a bar that falls to the left is the upstroke of a 1
        (4, True, True),
    ],
)
def test_a_digit_is_turned_no_further_than_it_stays_itself(
    degrees: Callable[[np.random.Generator, Turns], float], digit: int, left: bool, right: bool
) -> None:
    rng = np.random.default_rng(1)
    found = [degrees(rng, turns_of(digit)) for _ in range(600)]
    furthest = np.quantile(found, (0.01, 0.99))  # a picture is measured roughly
    assert (furthest[0] < -20) == left
    assert (furthest[1] > 20) == right
