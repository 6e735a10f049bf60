"""Pictures with what they show, in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOT_A_DIGIT = 10  # the label of letters, symbols and scribbles


@dataclass(frozen=True)
class Digits:
    """Pictures with what they show.

    Attributes:
        pictures: shape (count, height, width), uint8, light ink on dark paper.
        labels: shape (count,), int64, 0–9, or 10 for what is not a digit.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def only_digits(self) -> "Digits":
        """Return them without what is not a digit."""
        kept = self.labels < NOT_A_DIGIT
        return Digits(self.pictures[kept], self.labels[kept])
