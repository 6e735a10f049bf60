"""Scribbles and symbols that nobody meant as a digit, as strokes in a box of about one unit."""

from collections.abc import Callable

import numpy as np

from inkread.data.sources import Stroke
from inkread.training.shapes import curve

Scribble = Callable[[np.random.Generator], list[np.ndarray]]


def wander(rng: np.random.Generator) -> list[np.ndarray]:
    """A pen that turns at random, in a few strokes."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        count = rng.integers(5, 40)
        turns = np.cumsum(rng.normal(rng.normal(0, 0.3), 0.7, count)) + rng.uniform(0, 7)
        steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * rng.uniform(0.05, 0.2)
        strokes.append(curve(np.cumsum(steps, axis=0) + rng.uniform(0, 0.5, 2)))
    return strokes


def tangle(rng: np.random.Generator) -> list[np.ndarray]:
    """One long stroke to and fro between random places."""
    return [curve(rng.uniform(0, 1, (rng.integers(6, 20), 2)))]


def spiral(rng: np.random.Generator) -> list[np.ndarray]:
    """A line round and round, ever further out."""
    turns = np.linspace(0, rng.uniform(3.2, 9) * np.pi, 60)
    radius = turns / turns[-1] * np.array([[0.5], [rng.uniform(0.25, 0.5)]])
    sign = rng.choice([-1, 1])
    return [(radius * np.stack([np.cos(turns), sign * np.sin(turns)])).T]


def bars(rng: np.random.Generator) -> list[np.ndarray]:
    """Several lines side by side."""
    count = rng.integers(2, 6)
    places = np.cumsum(rng.uniform(0.15, 0.5, count))
    return [
        np.array([[place, rng.normal(0, 0.1)], [place + rng.normal(0, 0.1), 1]]) for place in places
    ]


def cross(rng: np.random.Generator) -> list[np.ndarray]:
    """A plus, a cross or a star of lines."""
    count = rng.integers(2, 5)
    angles = np.linspace(0, np.pi, count, endpoint=False) + rng.uniform(0, np.pi)
    tips = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.3, 0.5, (count, 1))
    return [np.stack([tip, -tip]) + rng.normal(0, 0.03, (2, 2)) for tip in tips]


def polygon(rng: np.random.Generator) -> list[np.ndarray]:
    """A triangle, a square with its diagonals, a star of five points."""
    count = rng.choice([3, 4, 5])
    angles = np.arange(count + 1) * 2 * np.pi / count + rng.uniform(0, 7)
    if count == 5:
        angles *= 2
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1) * 0.5 + rng.normal(
        0, 0.04, (count + 1, 2)
    )
    corners[-1] = corners[0]
    return [corners, corners[[0, 2]]] if count == 4 else [corners]


def arrow(rng: np.random.Generator) -> list[np.ndarray]:
    """An arrow in any direction."""
    head = np.array([[-0.25, -0.25], [0.0, 0.0], [-0.25, 0.25]]) * rng.uniform(0.6, 1.4, (1, 2))
    return _turned([np.array([[-1.0, 0.0], [0.0, 0.0]]), head], rng.uniform(0, 7))


def tick(rng: np.random.Generator) -> list[np.ndarray]:
    """A mark of approval."""
    return [
        np.array([[0, 0.5], [0.3, 0.9], [1, rng.uniform(-0.4, 0.2)]]) + rng.normal(0, 0.05, (3, 2))
    ]


def dots(rng: np.random.Generator) -> list[np.ndarray]:
    """One fat dot or several, or a dash."""
    if rng.random() < 0.2:
        return [np.array([[0, 0], [1, rng.normal(0, 0.1)]])]
    return [rng.uniform(0, 1, (1, 2)) for _ in range(rng.integers(1, 9))]


def face(rng: np.random.Generator) -> list[np.ndarray]:
    """A ring with something in it."""
    angles = np.linspace(0, 2 * np.pi, 30)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * 0.5
    smile = ring[2:14] * rng.uniform(0.4, 0.7)
    eyes = [np.array([[-0.18, -0.15]]), np.array([[0.18, -0.15]])]
    dot = ring * rng.uniform(0.16, 0.4)  # a smaller one may fade, which leaves a 0
    inside = [[*eyes, smile], cross(rng), [dot], tick(rng)][rng.integers(4)]
    return [ring, *(each * 0.8 for each in inside)]


def wave(rng: np.random.Generator) -> list[np.ndarray]:
    """A line up and down many times, like a signature."""
    along = np.linspace(0, 1, 60)
    height = rng.uniform(0.1, 0.4) * np.sin(
        along * rng.uniform(3, 8) * 2 * np.pi + rng.uniform(0, 7)
    )
    return _turned([np.stack([along * rng.uniform(0.7, 1.5), height], axis=1)], rng.normal(0, 0.4))


def grid(rng: np.random.Generator) -> list[np.ndarray]:
    """Lines across lines: a hash, a table."""
    along = [
        np.array([[0, place], [1, place]]) for place in np.linspace(0.2, 0.8, rng.integers(2, 4))
    ]
    across = [
        np.array([[place, 0], [place, 1]]) for place in np.linspace(0.2, 0.8, rng.integers(1, 4))
    ]
    return [each + rng.normal(0, 0.03, (2, 2)) for each in along + across]


def heart(rng: np.random.Generator) -> list[np.ndarray]:
    """A heart or, with one more turn, a bow or a fish."""
    turn = np.linspace(0, 2 * np.pi, 40)
    if rng.random() < 0.5:
        return [
            np.stack(
                [
                    16 * np.sin(turn) ** 3,
                    -13 * np.cos(turn) + 5 * np.cos(2 * turn) + 2 * np.cos(3 * turn),
                ],
                axis=1,
            )
            / 32
        ]
    return _turned([np.stack([np.cos(turn), np.sin(2 * turn) / 2], axis=1)], rng.normal(0, 0.2))


def hatching(rng: np.random.Generator) -> list[np.ndarray]:
    """One line to and fro, closely, as a field is filled in: kept for checking."""
    count = rng.integers(6, 14)
    across = np.arange(count) / count + rng.normal(0, 0.02, count)
    along = np.where(np.arange(count) % 2, 1, 0) * rng.uniform(0.5, 1.0) + rng.normal(
        0, 0.05, count
    )
    return _turned([np.stack([across, along], axis=1)], rng.uniform(0, 7))


KINDS: tuple[Scribble, ...] = (
    wander,
    wander,
    tangle,
    spiral,
    bars,
    cross,
    polygon,
    arrow,
    tick,
    dots,
    face,
    wave,
    grid,
    heart,
)
HELD_OUT_KINDS: tuple[Scribble, ...] = (hatching,)


def scribble(rng: np.random.Generator, kinds: tuple[Scribble, ...] = KINDS) -> list[Stroke]:
    """Draw a scribble of a random kind.

    Returns:
        Strokes in a box of about one unit, y down.
    """
    strokes = kinds[rng.integers(len(kinds))](rng)
    return [each.astype(np.float32) for each in strokes]


def _turned(strokes: list[np.ndarray], angle: float) -> list[np.ndarray]:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [each @ turn.T for each in strokes]
