"""The sample pictures of the app, by what they show; `docs/draw_samples.py` drew them."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "samples"

SAMPLES = {
    "Ruled, in shadow": _FOLDER / "photo.jpg",
    "Squared paper": _FOLDER / "squared.jpg",
    "Chalk": _FOLDER / "chalk.jpg",
    "Small, in a corner": _FOLDER / "corner.jpg",
    "A bill": _FOLDER / "numbers.jpg",
    "A letter": _FOLDER / "letter.jpg",
}
