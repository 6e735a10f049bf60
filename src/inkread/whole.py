"""What three networks say of a number's signs, and a fourth of the whole → the likeliest reading.

Source:
    Graves et al., "Connectionist temporal classification", 2006, for what the steps mean.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from inkread.fit import Known, Way, candidates
from inkread.maps import Floats

_NONE = 10  # of a step: no digit
_BEAM = 8  # texts that are followed at once
_MAYBE = 0.005  # probability of a digit at a step from which it is followed
_SURE = 0.9995  # probability of none from which a step only parts digits
_OTHER = 0.01  # share of what is known to be wrong, as it does not fit
_LEAST = 1e-5  # of all readings: where those that fit have less together, none does
_MISTAKEN = 1e-3  # probability that the steps are all wrong: then no text is unlikelier
_TINY = 1e-30


class Reading(NamedTuple):
    """A reading of a number.

    Attributes:
        text: its digits.
        places: of each digit, the place of the sign that it is.
        probability: 0–1, that it is right; 0 where no likely reading fits, and this is of all.
        shares: shape (count, 10), 0–1: that each sign is each digit.
    """

    text: str
    places: tuple[int, ...]
    probability: float
    shares: Floats


def likeliest(
    there: Floats,
    digits: Floats,
    steps: Floats,
    weights: tuple[float, float],
    known: Known | None = None,
) -> Reading:
    """Return the likeliest reading of a number, of those that fit.

    Args:
        there: shape (count,), 0–1: that each sign is a digit at all; from left to right, at least
            one.
        digits: shape (count, 10), 0–1: of each digit, given that it is one.
        steps: probabilities, shape (number, 11): of each digit, and of none, along the number.
        weights: of the logarithms of what the signs, and of what the steps say.
        known: what it shall fit; anything does when None.

    Raises:
        SettingsError: the pattern takes too long.
    """
    fitting = readings(there, digits, steps, known)
    every = fitting if known is None else readings(there, digits, steps) | fitting
    odds = scores(every, steps).astype(np.float64) @ np.array(weights)
    powers = dict(zip(every, np.exp(odds - odds.max()).tolist(), strict=True))
    whole, fit = (sum(powers[text] for text in texts) for texts in (every, fitting))
    fits = fit >= _LEAST * whole
    ways, total = (fitting, fit) if fits else (every, whole)
    best = max(filter(None, ways), key=powers.__getitem__)
    shares = np.zeros(digits.shape)
    for text, way in ways.items():
        for digit, place in zip(text, way.places, strict=True):
            shares[place, int(digit)] += powers[text] / total
    other = 0 if known is None else _OTHER * whole
    probability = powers[best] / (total + other) if fits else 0.0
    bounded = np.asarray(np.minimum(shares, 1), np.float32)  # rounded, they may add up to more
    return Reading(best, every[best].places, probability, bounded)


def readings(
    there: Floats, digits: Floats, steps: Floats, known: Known | None = None
) -> dict[str, Way]:
    """Return the readings of a number that signs or steps make likely, of those that fit.

    As with `candidates`, "" is among them where nothing is known: that it is no number. What the
    steps show where no sign is, is left out: it would have no box.

    Raises:
        SettingsError: the pattern takes too long.
    """
    found = candidates(there, digits, known)
    for text in by_steps(steps):
        if text not in found and (known is None or known.fits(text)):
            way = aligned(text, there, digits)
            found |= {text: way} if way.places else {}
    return found


def scores(ways: dict[str, Way], steps: Floats) -> Floats:
    """Return what is weighed of each reading, shape (len(ways), 2).

    That is the logarithm of its probability by the signs, and by the steps. Of whether there is any
    digit at all the steps are not asked: the signs tell it better.
    """
    signs = np.log([max(way.probability, _TINY) for way in ways.values()])
    along = np.logaddexp(log_likelihoods(list(ways), steps), np.log(_MISTAKEN))
    along = np.where([bool(text) for text in ways], along, along.max())
    return np.stack([signs, along], axis=1).astype(np.float32)


def by_steps(steps: Floats) -> list[str]:
    """Return the likeliest texts by the steps alone.

    Args:
        steps: probabilities, shape (count, 11): of each digit, and of none.
    """
    ends = {"": (1.0, 0.0)}  # of each text: probability with the last step of none, and of a digit
    for step in _telling(steps).tolist():
        longer: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        some = [digit for digit in range(_NONE) if step[digit] > _MAYBE]
        for text, (parted, joined) in ends.items():
            longer[text][0] += (parted + joined) * step[_NONE]
            for digit in some:
                repeats = text.endswith(str(digit))
                if repeats:
                    longer[text][1] += joined * step[digit]
                before = parted if repeats else parted + joined
                longer[text + str(digit)][1] += before * step[digit]
        best = sorted(longer.items(), key=lambda item: -sum(item[1]))[:_BEAM]
        whole = sum(sum(each) for _, each in best)
        ends = {text: (first / whole, second / whole) for text, (first, second) in best}
    return [text for text in ends if text]


def log_likelihoods(texts: Sequence[str], steps: Floats) -> Floats:
    """Return the logarithm of the probability of each text, shape (len(texts),).

    Args:
        texts: of digits.
        steps: see `by_steps`; where there are none, they say nothing: 0 of all.
    """
    if not len(steps):
        return np.zeros(len(texts), np.float32)
    longest = max(map(len, texts), default=0)
    states = np.full((len(texts), 2 * longest + 1), _NONE)
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = [int(each) for each in text]
    skips = np.zeros(states.shape, np.bool_)  # from a digit to another without a step between
    skips[:, 2:] = (states[:, 2:] != _NONE) & (states[:, 2:] != states[:, :-2])
    reached = np.zeros((len(texts), states.shape[1] + 2))  # by the last steps
    reached[:, 2] = 1
    logs = np.zeros(len(texts))
    for step in _telling(steps):
        before = reached[:, 2:] + reached[:, 1:-1] + reached[:, :-2] * skips
        after = before * step[states]
        share = np.maximum(after.sum(axis=1), _TINY)
        logs += np.log(share)
        reached[:, 2:] = after / share[:, None]
    rows, ends = np.arange(len(texts)), np.array([2 * len(text) + 2 for text in texts])
    whole = reached[rows, ends] + np.where(ends > 2, reached[rows, ends - 1], 0)
    return np.asarray(logs + np.log(np.maximum(whole, _TINY)), np.float32)


def aligned(text: str, there: Floats, digits: Floats) -> Way:
    """Return how any text may come about from signs, as in `candidates`; places () if it cannot."""
    ways = [Way(1.0, (), 1.0)] + [Way(0.0, (), 0.0)] * len(text)
    for place, (present, shares) in enumerate(zip(there.tolist(), digits.tolist(), strict=True)):
        longer = [ways[0].then(1 - present)]
        for end, digit in enumerate(text, 1):
            added = ways[end - 1].then(present * shares[int(digit)], place)
            longer.append(ways[end].then(1 - present).or_by(added))
        ways = longer
    return ways[-1]


def _telling(steps: Floats) -> Floats:
    """Leave out all but one of the steps in a row that surely show no digit."""
    none = steps[:, _NONE] > _SURE
    kept = ~none
    kept[1:] |= ~none[:-1]
    return steps[kept]
