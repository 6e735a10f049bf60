"""A path, bytes, PIL image or array → a grey array, upright, bounded. Only this opens pictures."""

import io
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from inkread.errors import MissingExtra, PictureTooLarge, UnreadablePicture
from inkread.flatten import flatten

Grey: TypeAlias = NDArray[np.uint8]
Picture: TypeAlias = (
    str | os.PathLike[str] | bytes | bytearray | memoryview | Image.Image | NDArray[np.uint8]
)

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "DIB", "WEBP", "TIFF")
FORMATS_TEXT = "PNG, JPEG, WebP, BMP, GIF or TIFF"
MAX_PIXELS = 50_000_000  # a 48-megapixel phone photo still passes
MAX_BYTES = 100_000_000
LONGEST_SIDE_PX = 1024
_PDF = "a PDF"
_NO_PAGE = 0b101  # bits of what a frame of a TIFF is: a preview, a mask
_OVERSHOOT = 1.1  # of a range: by so much values that were interpolated may go beyond it
_THIN_PX = 8  # sides of what a network is shown are no shorter
MOST_PAGE_PX = 12_500_000  # what a phone takes


def load_grey(picture: Picture, *, longest_side_px: int = LONGEST_SIDE_PX) -> Grey:
    """Open a picture and return it upright, in grey, and no larger than asked.

    Args:
        picture: a path, the bytes of a file, a PIL image, or an array of shape
            (height, width), (height, width, 3) RGB or (height, width, 4) RGBA, uint8, 0–255.
        longest_side_px: a larger picture is scaled down to it, by area.

    Returns:
        Shape (height, width), uint8. Light and dark are as in the picture. Where it is
        transparent it is paper, of whichever shade its strokes stand out from.

    Raises:
        UnreadablePicture: not a picture, damaged, or in a format not known here.
        PictureTooLarge: over 50 million pixels or 100 MB.
        MissingExtra: a HEIC picture, and the extra `heic` is not installed.
    """
    return bounded(flatten(_pixels(picture, longest_side_px)), longest_side_px)


def load_page(picture: Picture, *, most_px: int = MOST_PAGE_PX) -> tuple[Grey, int, int]:
    """Open a picture of a page as `load_grey` does, bounded by its area.

    Args:
        picture: as for `load_grey`.
        most_px: a picture of more pixels is scaled down to about so many, by area; one thinner than
            8 px counts as so thick.

    Returns:
        Shape (height, width), uint8; and the width and height of the picture itself, upright.

    Raises:
        PictureError, MissingExtra: as `load_grey` does.
    """
    if isinstance(picture, np.ndarray):
        pixels = _checked_array(picture)
        height, width = pixels.shape[:2]
        longest = _longest_side(width, height, most_px)
    else:
        image, name = _image(picture)
        with image:
            _check_size(*image.size, name)
            width, height = _upright_size(picture if isinstance(picture, Image.Image) else image)
            longest = _longest_side(width, height, most_px)
            pixels = _decoded(image, longest, name)
    return bounded(flatten(pixels), longest), width, height


def frames_of(tiff: bytes) -> Iterator[Image.Image]:
    """Open the pages of a TIFF one after the other; previews and masks among them are left out.

    Returns:
        Always the same image, which shows one page until it is asked for the next.

    Raises:
        UnreadablePicture: there is none, or another cannot be found where it should be.
    """
    with _opened(tiff, name="") as image:
        for number in count():
            try:
                image.seek(number)
                kind = image.getexif().get(ExifTags.Base.NewSubfileType, 0)
            except EOFError:
                return
            except Exception:  # noqa: BLE001  # as in _opened
                raise UnreadablePicture("the picture is damaged or cut off") from None
            if not kind & _NO_PAGE:
                yield image


def is_one(pictures: object) -> bool:
    """Tell one picture from many; an array of three dimensions may be either, and is not told."""
    if isinstance(pictures, np.ndarray):
        return pictures.ndim == 2
    return isinstance(pictures, str | bytes | bytearray | memoryview | os.PathLike | Image.Image)


def _longest_side(width: int, height: int, most_px: int) -> int:
    zoom = min(1.0, float((most_px / (width * height)) ** 0.5))
    return min(max(1, round(max(width, height) * zoom)), most_px // _THIN_PX)


def load_rgb(picture: Picture, *, longest_side_px: int = LONGEST_SIDE_PX) -> NDArray[np.uint8]:
    """Open a picture to show it: upright, in colour, on white where it is transparent.

    Args:
        picture: as for `load_grey`.
        longest_side_px: a larger picture is scaled down to it, by area.

    Returns:
        Shape (height, width, 3), uint8.

    Raises:
        PictureError, MissingExtra: as `load_grey` does.
    """
    pixels = bounded(_pixels(picture, longest_side_px), longest_side_px)
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, axis=2)
    if pixels.shape[2] == 3:
        return pixels
    share = pixels[..., 3:].astype(np.float32) / 255
    return (pixels[..., :3] * share + 255 * (1 - share)).round().astype(np.uint8)


def _pixels(picture: Picture, longest_side_px: int) -> NDArray[np.uint8]:
    """Return shape (height, width) or (height, width, 3 or 4), upright; a JPEG may be reduced."""
    if isinstance(picture, np.ndarray):
        return _checked_array(picture)
    image, name = _image(picture)
    with image:
        return _decoded(image, longest_side_px, name)


def _image(picture: Picture) -> tuple[Image.Image, str]:
    """Open a picture that is no array; return it with its name, as messages end with it."""
    if isinstance(picture, Image.Image):
        _check_size(*picture.size, name="")
        return _copied(picture), ""
    if isinstance(picture, bytes | bytearray | memoryview):
        data, name = bytes(picture), ""
    elif isinstance(picture, str | os.PathLike):
        path = os.fsdecode(picture)
        data, name = _read_file(Path(path)), f": {path}"
    else:
        raise UnreadablePicture(
            f"needs a picture, got {type(picture).__name__}",
            hint="pass a path, bytes, a PIL image or a uint8 array",
        )
    if len(data) > MAX_BYTES:
        raise PictureTooLarge(f"needs a file of at most {MAX_BYTES // 1_000_000} MB{name}")
    return _opened(data, name), name


def _upright_size(image: Image.Image) -> tuple[int, int]:
    """Return the width and the height of a picture, once it is upright."""
    width, height = image.size
    if image.format == "TIFF":  # whose size Pillow gives upright
        return width, height
    try:  # a PNG is decoded for that; what it was decoded to stays
        lies = image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
    except Exception:  # noqa: BLE001  # as in _opened; whoever decodes it will complain
        lies = False
    return (height, width) if lies else (width, height)


def _checked_array(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if array.dtype != np.uint8:
        raise UnreadablePicture(
            f"needs a uint8 array, got {array.dtype}",
            hint="scale the values to 0–255 and convert with .astype(numpy.uint8)",
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        shape = "×".join(map(str, array.shape)) or "a single number"
        raise UnreadablePicture(
            f"needs an array of height×width, height×width×3 or height×width×4, got {shape}"
        )
    _check_size(array.shape[1], array.shape[0], name="")
    return array


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadablePicture(f"needs a picture, got a folder: {path}")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadablePicture(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadablePicture(f"cannot open the file, {reason}: {path}") from None
    return data


def _opened(data: bytes, name: str) -> Image.Image:
    if data[4:12] in HEIC_BRANDS:
        return _opened_heic(data, name)
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureTooLarge(_too_large("far more", name)) from None
    except Exception:  # noqa: BLE001  # Pillow's decoders raise whatever a damaged header makes them raise
        kind = _kind(data)
        hint = f"{FORMATS_TEXT} are read"
        if kind == _PDF:
            hint += "; a PDF by read_pages, and by inkread read --page"
        raise UnreadablePicture(f"needs a picture, got {kind}{name}", hint=hint) from None


HEIC_BRANDS = tuple(
    b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
)


def _opened_heic(data: bytes, name: str) -> Image.Image:
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise MissingExtra("reading HEIC pictures", extra="heic", about=name) from None
    try:
        return HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001  # as in _opened
        raise UnreadablePicture(f"the picture is damaged{name}") from None


def _kind(data: bytes) -> str:
    """Name what a file that is no picture seems to be."""
    if not data:
        return "an empty file"
    if data.startswith(b"%PDF"):
        return _PDF
    head = data[:1024]
    if b"<svg" in head:
        return "an SVG drawing"
    try:
        text = head.decode("utf-8", errors="strict" if len(data) <= 1024 else "ignore")
    except UnicodeDecodeError:
        return "something else"
    return "something else" if _has_control(text) else "a text file"


def _has_control(text: str) -> bool:
    return any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text)


def _check_size(width: int, height: int, name: str) -> None:
    if not width or not height:
        raise UnreadablePicture(f"needs a picture with pixels, got {width}×{height}{name}")
    if width * height > MAX_PIXELS:
        raise PictureTooLarge(_too_large(f"{width}×{height}", name))


def _too_large(size: str, name: str) -> str:
    return f"needs a picture of at most {MAX_PIXELS // 1_000_000} million pixels, got {size}{name}"


def _copied(image: Image.Image) -> Image.Image:
    try:
        return image.copy()
    except Exception:  # noqa: BLE001  # as in _decoded: this loads what was only opened
        raise UnreadablePicture(
            "the PIL image is damaged, cut off or closed", hint="open it once more"
        ) from None


def _decoded(image: Image.Image, longest_side_px: int, name: str) -> NDArray[np.uint8]:
    _check_size(*image.size, name)
    try:
        # A JPEG decodes at a half, a quarter or an eighth of its size, and much faster.
        image.draft(None, (longest_side_px, longest_side_px))
        ImageOps.exif_transpose(image, in_place=True)
        return _eight_bit(image, longest_side_px)
    except Exception:  # noqa: BLE001  # as in _opened: damage shows only while the pixels are decoded
        raise UnreadablePicture(
            f"the picture is damaged or cut off{name}", hint="save or send it once more"
        ) from None


def _eight_bit(image: Image.Image, longest_side_px: int) -> NDArray[np.uint8]:
    """Return shape (height, width) or (height, width, 3 or 4), uint8; less than twice as asked."""
    factor = max(image.size) // longest_side_px
    smaller = (min(factor, image.width), min(factor, image.height))
    if image.mode in ("I;16", "I;16L", "I;16B", "I;16N"):  # which Pillow does not reduce
        values = np.asarray(image).astype(np.uint16, copy=False)
        if factor >= 2:
            size = (image.width // smaller[0], image.height // smaller[1])
            values = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.uint16)
        return _scaled_to_bytes(values.astype(np.float32))
    if image.mode in ("I", "F"):
        image = image.reduce(smaller) if factor >= 2 else image
        return _scaled_to_bytes(np.asarray(image, dtype=np.float32), _OVERSHOOT)
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    # Pillow reduces in place of copies that large pictures would make further on.
    return np.asarray(image.reduce(smaller) if factor >= 2 else image)


def _scaled_to_bytes(values: NDArray[np.float32], overshoot: float = 1.0) -> NDArray[np.uint8]:
    """Scale 16-bit, 32-bit or 0–1 values to bytes by the smallest usual range that holds them."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    top = float(values.max()) / overshoot
    full = next((limit for limit in (1.0, 255.0, 4095.0, 65535.0) if top <= limit), top * overshoot)
    scaled: NDArray[np.uint8] = np.clip(values * (255.0 / full), 0, 255).round().astype(np.uint8)
    return scaled


def encode_png(grey: NDArray[np.float32]) -> bytes:
    """Return a grey picture as the bytes of a PNG file.

    Args:
        grey: shape (height, width), 0 is black and 1 is white.
    """
    _, packed = cv2.imencode(".png", (grey * 255 + 0.5).astype(np.uint8))
    return packed.tobytes()


def encode_jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """Return a picture as the bytes of a JPEG file.

    Args:
        rgb: shape (height, width, 3).
    """
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return packed.tobytes()


def bounded(pixels: NDArray[np.uint8], longest_side_px: int) -> NDArray[np.uint8]:
    """Scale a picture down by area, if it is larger, so that its longer side is as asked."""
    height, width = pixels.shape[:2]
    factor = longest_side_px / max(height, width)
    if factor >= 1:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    smaller = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, dtype=np.uint8)
