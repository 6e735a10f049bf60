"""Letters and symbols of fonts, printed: what a reader of digits must refuse."""

from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from inkread.training.alphabets import ALPHABETS, HELD_OUT

SIZE_PX = 80
# O, l, I, S, Z and the like are digits to whoever sees one alone: no example of either.
LOOK_ALIKES = frozenset("OoDQIliSsZzBbGgqy|!/\\()[]'`,:;^ßØøβδθσΘΛЗбЧз")
LETTERS = "".join(chr(code) for code in range(33, 127) if not chr(code).isdigit())
LETTERS += "ÄÖÜßÉÑÅØÆÇ€£§¶±×÷ΓΔΘΛΞΠΣΦΨΩαβγδεζηθκλμνξπρστφχψωБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ"
# The STIX fonts are kept for checking.
FONTS = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "DejaVuSansMono.ttf",
    "cmb10.ttf",
    "cmr10.ttf",
    "cmss10.ttf",
    "cmti10.ttf",
    "cmtt10.ttf",
    "cmmi10.ttf",
)
HELD_OUT_FONTS = ("STIXGeneral.ttf", "STIXGeneralItalic.ttf", "STIXGeneralBol.ttf")
PEN_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
    cv2.FONT_HERSHEY_COMPLEX | cv2.FONT_ITALIC,
)


def letters(fonts: tuple[str, ...] = FONTS) -> list[NDArray[np.uint8]]:
    """Print every letter and symbol that looks like no digit in each font.

    Returns:
        Pictures of shape (80, 80), uint8, light on dark.
    """
    signs = [sign for sign in LETTERS if sign not in LOOK_ALIKES]
    return [
        picture
        for font in fonts
        for sign in signs
        # TeX's fonts have other signs than Unicode's at all places but those of plain letters.
        if not font.startswith("cm") or (sign.isascii() and sign.isalpha())
        if (picture := printed(sign, font)).any()
    ]


def pen_letters() -> list[NDArray[np.uint8]]:
    """Print the letters and symbols of OpenCV's fonts, each picture once.

    OpenCV 4 draws them with strokes; OpenCV 5 has outlines of its own for some.
    """
    signs = [chr(code) for code in range(33, 127)]
    signs = [sign for sign in signs if not sign.isdigit() and sign not in LOOK_ALIKES]
    pictures = [_written(sign, font) for font in PEN_FONTS for sign in signs]
    return list({picture.tobytes(): picture for picture in pictures}.values())


def other_signs(*, held_out: bool = False) -> list[NDArray[np.uint8]]:
    """Print letters and symbols of other writing systems, or those that are kept for checking."""
    names = [name for name in ALPHABETS if (name in HELD_OUT) == held_out]
    return [printed(sign, FONTS[0]) for name in names for sign in ALPHABETS[name]]


def printed_digits(fonts: tuple[str, ...] = FONTS) -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Print the ten digits in each font."""
    pairs = [(printed(str(digit), font), digit) for font in fonts for digit in range(10)]
    pairs += [(_written(str(digit), font), digit) for font in PEN_FONTS for digit in range(10)]
    return [picture for picture, _ in pairs], [digit for _, digit in pairs]


def printed(sign: str, font: str) -> NDArray[np.uint8]:
    """Print a sign in one of matplotlib's fonts; nothing where the font has none of it.

    Returns:
        Shape (80, 80), uint8, light on dark.
    """
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / font
    canvas = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    if not get_font(str(path)).get_char_index(ord(sign)):
        return canvas  # the font has no such sign
    outline = TextPath((0, 0), sign, size=SIZE_PX * 0.7, prop=FontProperties(fname=str(path)))
    polygons = [np.asarray(each) * (1, -1) for each in outline.to_polygons()]
    every = np.concatenate(polygons)
    offset = SIZE_PX / 2 - (every.min(axis=0) + every.max(axis=0)) / 2
    fixed = [((each + offset) * 16).round().astype(np.int32) for each in polygons]
    return np.asarray(cv2.fillPoly(canvas, fixed, 255, cv2.LINE_AA, 4), dtype=np.uint8)


def _written(sign: str, font: int) -> NDArray[np.uint8]:
    canvas = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    scale = cv2.getFontScaleFromHeight(font & 7, SIZE_PX // 2)
    (width, height), _ = cv2.getTextSize(sign, font, scale, 2)
    where = ((SIZE_PX - width) // 2, (SIZE_PX + height) // 2 - 6)
    return np.asarray(cv2.putText(canvas, sign, where, font, scale, 255, 2, cv2.LINE_AA), np.uint8)
