import io
import os
import struct
import threading
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from inkread import InkreadError, PictureTooLarge, UnreadablePicture
from inkread.picture import MOST_PAGE_PX, load_grey, load_page, load_rgb
from tests.drawing import canvas, encode, sideways

READ = "PNG, JPEG, WebP, BMP, GIF or TIFF are read"


def png_header(width: int, height: int) -> bytes:
    """A valid PNG of black pixels, one bit each: 30,000×30,000 of them take 110 kB."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["png", "bmp", "gif", "tiff"])
def test_a_lossless_file_gives_the_pixels_drawn(kind: str) -> None:
    assert np.array_equal(load_grey(encode(canvas(2), kind)), canvas(2))


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_lossy_file_gives_nearly_the_pixels_drawn(kind: str) -> None:
    close = np.abs(load_grey(encode(canvas(2), kind, quality=90)).astype(int) - canvas(2))
    assert close.mean() < 2


def test_path_bytes_image_and_array_are_the_same_picture(tmp_path: Path) -> None:
    path = tmp_path / "two.png"
    path.write_bytes(encode(canvas(2)))
    for picture in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert np.array_equal(load_grey(picture), canvas(2))
    assert np.array_equal(load_grey(Image.open(path)), canvas(2))
    assert np.array_equal(load_grey(canvas(2)), canvas(2))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_arrays_of_any_memory_layout_are_taken(channels: int) -> None:
    colour = np.repeat(canvas(2)[..., None], channels, axis=2).squeeze()
    colour[::2, ::3] //= 2
    for turned in (colour[::-1, ::2], colour.swapaxes(0, 1), np.asfortranarray(colour)):
        assert np.array_equal(load_grey(turned), load_grey(turned.copy(order="C")))


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_arrays_are_taken(channels: int) -> None:
    colour = np.repeat(canvas(2)[..., None], channels, axis=2)
    colour[..., 3:] = 255
    assert np.array_equal(load_grey(colour), canvas(2))


@pytest.mark.parametrize(
    ("mode", "tolerance"),
    [
        ("1", 255),
        ("P", 1),
        ("LA", 0),
        ("RGBA", 0),
        ("CMYK", 2),
        ("I;16", 1),
        ("F", 1),
        ("YCbCr", 2),
    ],
)
def test_every_mode_of_pixels_is_understood(mode: str, tolerance: int) -> None:
    image = Image.fromarray(canvas(2))
    if mode == "I;16":
        image = Image.fromarray(canvas(2).astype(np.uint16) * 257)
    elif mode == "YCbCr":
        image = image.convert("RGB").convert("YCbCr")
    else:
        image = image.convert(mode)
    assert image.mode == mode
    difference = np.abs(load_grey(image).astype(int) - canvas(2))
    assert difference.max() <= tolerance
    assert difference.mean() <= 1


def test_a_16_bit_file_keeps_its_shades() -> None:
    buffer = io.BytesIO()
    Image.fromarray(canvas(2).astype(np.uint16) * 257).save(buffer, "png")
    assert np.array_equal(load_grey(buffer.getvalue()), canvas(2))


def test_a_camera_held_sideways_is_turned_upright() -> None:
    assert np.array_equal(load_grey(sideways(canvas(2), "png")), canvas(2))


def test_a_picture_that_is_handed_in_stays_as_it_is() -> None:
    buffer = io.BytesIO(encode(np.zeros((3000, 2000), np.uint8), "jpeg"))
    with Image.open(buffer) as image:
        load_grey(image)
        assert image.size == (2000, 3000)


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.fromarray(canvas(digit)) for digit in (2, 7)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "gif", save_all=True, append_images=frames[1:])
    assert np.array_equal(load_grey(buffer.getvalue()), canvas(2))


def transparent(stroke: int, hidden: int = 0) -> np.ndarray:
    """Strokes of one shade on nothing, as a canvas element gives them."""
    pixels = np.full((280, 280, 4), hidden, np.uint8)
    pixels[..., 3] = 255 - canvas(2)
    pixels[pixels[..., 3] > 0, :3] = stroke
    return pixels


@pytest.mark.parametrize("hidden", [0, 255])
@pytest.mark.parametrize("stroke", [0, 60, 200, 255])
def test_where_a_canvas_is_transparent_it_is_paper(stroke: int, hidden: int) -> None:
    grey = load_grey(transparent(stroke, hidden)).astype(int)
    paper = 255 if stroke < 128 else 0
    assert grey[0, 0] == paper
    assert np.abs(grey[canvas(2) == 0] - stroke).max() == 0


@pytest.mark.parametrize("opacity", [20, 60, 120])
def test_half_transparent_strokes_are_ink(opacity: int) -> None:
    pixels = transparent(stroke=0)
    pixels[..., 3] = (pixels[..., 3] * (opacity / 255)).round().astype(np.uint8)
    grey = load_grey(pixels)
    assert grey[0, 0] == 255
    assert np.abs(grey[canvas(2) == 0].astype(int) - (255 - opacity)).max() <= 1


def test_a_transparent_canvas_without_strokes_is_all_paper() -> None:
    assert load_grey(np.zeros((280, 280, 4), np.uint8)).min() == 255


def test_a_drawing_with_transparent_corners_keeps_its_own_paper() -> None:
    pixels = np.dstack((canvas(2),) * 3 + (np.full((280, 280), 255, np.uint8),))
    pixels[:20, :20] = 0
    assert np.array_equal(load_grey(pixels), canvas(2))


def test_a_picture_on_a_larger_transparent_canvas_keeps_its_own_paper() -> None:
    pixels = np.zeros((900, 900, 4), np.uint8)
    pixels[300:580, 300:580] = 255
    pixels[300:580, 300:580, :3] = canvas(2)[..., None]
    grey = load_grey(pixels)
    assert grey[0, 0] == 255
    assert np.array_equal(grey[300:580, 300:580], canvas(2))


@pytest.mark.parametrize("closed", [False, True])
def test_a_damaged_or_closed_image_is_named(closed: bool) -> None:
    content = encode(canvas(2), "jpeg")
    image = Image.open(io.BytesIO(content if closed else content[:2000]))
    if closed:
        image.close()
    with pytest.raises(UnreadablePicture, match="the PIL image is damaged, cut off or closed"):
        load_grey(image)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((255, 255, 0), (255, 255, 255)),  # yellow on white: hardly any difference in luma
        ((255, 0, 0), (0, 130, 0)),  # red on green of the same luma
    ],
)
def test_colours_of_like_brightness_still_have_contrast(
    ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    pixels = np.where(canvas(2)[..., None] < 128, np.array(ink), np.array(paper))
    assert np.ptp(load_grey(pixels.astype(np.uint8))) >= 130


def test_a_large_picture_is_bounded_and_keeps_its_shape() -> None:
    assert load_grey(np.zeros((3000, 4000), np.uint8)).shape == (768, 1024)
    photo = encode(np.zeros((3000, 4000), np.uint8), "jpeg")
    assert load_grey(photo).shape == (768, 1024)
    assert load_grey(np.zeros((1, 20_000), np.uint8)).shape == (1, 1024)


def test_a_picture_is_shown_in_its_colours_and_upright() -> None:
    colour = np.zeros((30, 40, 3), np.uint8)
    colour[..., 0] = 200
    assert np.array_equal(load_rgb(encode(colour)), colour)
    assert np.array_equal(load_rgb(np.zeros((30, 40, 4), np.uint8)), colour * 0 + 255)
    assert load_rgb(np.zeros((30, 40), np.uint8)).shape == (30, 40, 3)


def test_heic_is_read() -> None:
    heif = pytest.importorskip("pillow_heif")
    image = Image.fromarray(canvas(2)).convert("RGB")
    buffer = io.BytesIO()
    heif.from_pillow(image).save(buffer, quality=90)
    close = np.abs(load_grey(buffer.getvalue()).astype(int) - canvas(2))
    assert close.mean() < 3


def test_heic_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(InkreadError, match=r"^reading HEIC pictures needs packages") as caught:
        load_grey(b"\0\0\0\x18ftypheic" + bytes(30))
    assert caught.value.hint == "pip install 'inkread[heic]'"


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", "needs a picture, got an empty file", READ),
        (b"Dear Sir or Madam,\n", "needs a picture, got a text file", READ),
        ("Größe: 3 µm".encode(), "needs a picture, got a text file", READ),
        (
            b"%PDF-1.7 ...",
            "needs a picture, got a PDF",
            f"{READ}; a PDF by read_pages, and by inkread read --page",
        ),
        (b'<svg xmlns="..."/>', "needs a picture, got an SVG drawing", READ),
        (bytes(range(256)), "needs a picture, got something else", READ),
        # Encapsulated PostScript: Pillow would run a program to open it.
        (b"%!PS-Adobe-3.0 EPSF-3.0\n\x01", "needs a picture, got something else", READ),
        (b"\0\0\0\x18ftypheic" + bytes(30), "the picture is damaged", None),
        (
            encode(canvas(2), "jpeg")[:2000],
            "the picture is damaged or cut off",
            "save or send it once more",
        ),
        (
            encode(canvas(2))[:600],
            "the picture is damaged or cut off",
            "save or send it once more",
        ),
    ],
)
def test_what_is_no_picture_is_named(content: bytes, message: str, hint: str | None) -> None:
    with pytest.raises(UnreadablePicture) as caught:
        load_grey(content)
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        (30_000, 30_000, "needs a picture of at most 50 million pixels, got far more"),
        (9_000, 9_000, "needs a picture of at most 50 million pixels, got 9000×9000"),
    ],
)
def test_a_bomb_is_refused_before_it_is_decoded(width: int, height: int, message: str) -> None:
    for load in (load_grey, load_page):
        with pytest.raises(PictureTooLarge) as caught:
            load(png_header(width, height))
        assert caught.value.message == message
        with suppress(Image.DecompressionBombError), pytest.raises(PictureTooLarge):
            load(Image.open(io.BytesIO(png_header(width, height))))


def test_a_page_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    load = ImageFile.ImageFile.load

    def counted(image: ImageFile.ImageFile) -> object:
        decoded.append(image)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", counted)
    load_page(encode(canvas(7)))
    assert len({id(each) for each in decoded}) == 1


def test_values_that_were_interpolated_keep_their_range() -> None:
    bar = np.ones((40, 40), np.float32)
    bar[10:30, 18:22] = 0
    for scale in (1, 255):
        image = Image.fromarray(bar * scale).resize((150, 150), Image.Resampling.BICUBIC)
        grey = load_grey(image)
        assert (grey.min(), grey.max()) == (0, 255)


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    with pytest.raises(UnreadablePicture) as caught:
        load_grey(missing)
    assert caught.value.message == f"no such file: {missing}"
    with pytest.raises(UnreadablePicture) as caught:
        load_grey(tmp_path)
    assert caught.value.message == f"needs a picture, got a folder: {tmp_path}"
    with pytest.raises(UnreadablePicture) as caught:
        load_grey("a\0b.png")
    assert caught.value.message == "cannot open the file, embedded null byte: a\0b.png"


def test_a_file_without_end_is_given_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("wb") as file:
            for _ in range(120):
                try:
                    file.write(bytes(1_000_000))
                except BrokenPipeError:
                    return

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(PictureTooLarge) as caught:
        load_grey(pipe)
    writer.join(10)
    assert caught.value.message == f"needs a file of at most 100 MB: {pipe}"


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 3), np.float32), "needs a uint8 array, got float32"),
        (
            np.zeros(9, np.uint8),
            "needs an array of height×width, height×width×3 or height×width×4, got 9",
        ),
        (
            np.zeros((3, 3, 2), np.uint8),
            "needs an array of height×width, height×width×3 or height×width×4, got 3×3×2",
        ),
        (np.zeros((0, 3), np.uint8), "needs a picture with pixels, got 3×0"),
        (Image.new("L", (0, 0)), "needs a picture with pixels, got 0×0"),
        (Image.new("RGBA", (0, 5)), "needs a picture with pixels, got 0×5"),
        (7, "needs a picture, got int"),
        (None, "needs a picture, got NoneType"),
    ],
)
def test_other_objects_are_refused(array: object, message: str) -> None:
    with pytest.raises(UnreadablePicture) as caught:
        load_grey(array)  # type: ignore[arg-type]
    assert caught.value.message == message


def test_a_page_of_one_row_counts_as_thick_as_a_network_is_shown_it() -> None:
    grey, width, height = load_page(np.full((1, 5_000_000), 200, np.uint8))
    assert (width, height) == (5_000_000, 1)
    assert grey.shape == (1, MOST_PAGE_PX // 8)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_a_large_picture_of_many_bits_is_that_of_8_made_smaller(kind: type) -> None:
    shades = np.tile(np.arange(256, dtype=np.uint8), (1100, 9)).repeat(2, axis=1)
    factor = 1 / 255 if kind == np.float32 else 257
    many = Image.fromarray((shades.astype(np.float64) * factor).astype(kind))
    grey, same = load_grey(many), load_grey(shades)
    assert grey.shape == same.shape
    assert np.abs(grey.astype(int) - same).mean() < 2


FILES = [encode(canvas(2), kind) for kind in ("png", "jpeg", "webp", "bmp", "gif", "tiff")]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_damaged_files_are_read_or_refused_never_worse(file: bytes, data: st.DataObject) -> None:
    content = bytearray(file)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with suppress(InkreadError):
            assert load_grey(damaged).dtype == np.uint8
