"""Pages to learn from."""

import numpy as np
import pytest

from inkread.training.mixture import Pictures
from inkread.training.pages.page import Pages
from inkread.training.pages.writing import Invented, Traced, Writer
from tests.drawing import small_digits


@pytest.fixture(scope="session")
def pages() -> Pages:
    """Pages with digits that we draw ourselves, and some traced ones."""
    pictures, labels = small_digits(30)
    traced = Traced(Pictures(pictures, labels))
    words = [np.full((40, 90), 200, np.uint8)]
    characters = Pictures(pictures, labels)
    return Pages(Writer([(Invented(), 0.7), (traced, 0.3)]), words, characters, characters)
