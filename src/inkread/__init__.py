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
from inkread.reader import Reader
from inkread.readings import Box, DigitReading, LineReading, PageReading, Separator, Verdict

__version__ = "0.1.0"

__all__ = [
    "BlankPicture",
    "Box",
    "DataError",
    "DigitReading",
    "InkreadError",
    "LineReading",
    "MissingExtra",
    "ModelError",
    "PageReading",
    "Picture",
    "PictureError",
    "PictureTooLarge",
    "Reader",
    "Separator",
    "ServeError",
    "SettingsError",
    "UnreadablePicture",
    "Verdict",
    "__version__",
]
