"""Inkread reads handwritten digits.

>>> import inkread
>>> reader = inkread.Reader()
>>> reading = reader.read_digit("seven.png")
>>> reading.digit, reading.confidence
"""

from inkread.errors import (
    BlankPicture,
    DataError,
    InkreadError,
    MissingExtra,
    ModelError,
    PictureError,
    PictureTooLarge,
    ServeError,
    SettingsError,
    UnreadablePicture,
)
from inkread.picture import Picture
from inkread.reader import DigitReading, Reader, Verdict

__version__ = "0.1.0"

__all__ = [
    "BlankPicture",
    "DataError",
    "DigitReading",
    "InkreadError",
    "MissingExtra",
    "ModelError",
    "Picture",
    "PictureError",
    "PictureTooLarge",
    "Reader",
    "ServeError",
    "SettingsError",
    "UnreadablePicture",
    "Verdict",
    "__version__",
]
