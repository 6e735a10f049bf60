import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inkread import DataError, Reader
from inkread.data.digits import NOT_A_DIGIT
from inkread.data.labelled import LabelledSet
from inkread.data.sets import CHECKING_SETS, available_sets, load_set, named_set
from tests import mnist
from tests.drawing import canvas, encode

DIGITS = np.stack([canvas(digit)[::10, ::10] for digit in range(10)])  # 28×28, dark on light
LABELS = np.arange(10)
FORMS = "a folder of folders 0 to 9, idx files, an .npz with images and labels, or a CSV file"


def tree(folder: Path) -> Path:
    """A folder of pictures for each digit and one for what is none, as people collect them."""
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
        (folder / str(digit) / f"{digit}.png").write_bytes(encode(canvas(digit)))
    (folder / "3" / "more").mkdir()
    (folder / "3" / "more" / "photo.JPG").write_bytes(encode(canvas(3), "jpeg"))
    (folder / "3" / ".DS_Store").write_bytes(b"not a picture")
    (folder / "3" / "Thumbs.db").write_bytes(b"not a picture")
    (folder / "not_a_digit").mkdir()
    (folder / "not_a_digit" / "a.png").write_bytes(encode(canvas(None)))
    (folder / "notes").mkdir()
    return folder


def idx(array: NDArray[np.integer[Any]]) -> bytes:
    shape = np.array(array.shape, ">u4").tobytes()
    return bytes((0, 0, 8, array.ndim)) + shape + array.astype(np.uint8).tobytes()


def write_idx(folder: Path, part: str = "t10k", *, packed: bool = False) -> Path:
    suffix, pack = (".gz", gzip.compress) if packed else ("", bytes)
    (folder / f"{part}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(LABELS)))
    path = folder / f"{part}-images-idx3-ubyte{suffix}"
    path.write_bytes(pack(idx(255 - DIGITS)))
    return path


def test_a_folder_of_folders_gives_paths_and_names(tmp_path: Path, reader: Reader) -> None:
    found = load_set(tree(tmp_path / "mine"))
    assert found.name == "mine"
    assert found.labels.tolist() == [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]
    assert found.ids[3:5] == ("3/3.png", "3/more/photo.JPG")
    best = [reading.best for reading in reader.read_digits(found.pictures)]
    assert best == [*found.labels.tolist()[:-1], None]


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_found_in_a_folder_and_alone(tmp_path: Path, packed: bool) -> None:
    path = write_idx(tmp_path, packed=packed)
    for given in (tmp_path, path):
        found = load_set(given)
        assert (found.name, found.labels.tolist(), found.ids[9]) == ("t10k", list(range(10)), "9")
        assert np.array_equal(np.stack([*map(np.asarray, found.pictures)]), 255 - DIGITS)


def test_the_part_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    write_idx(tmp_path)
    write_idx(tmp_path, "train")
    assert load_set(tmp_path).name == "t10k"
    assert load_set(tmp_path, "train").name == "train"
    tree(tmp_path / "parts" / "training")
    assert load_set(tmp_path / "parts", "train").name == "training"
    path = tmp_path / "both.npz"
    np.savez(path, x_train=DIGITS[:3], y_train=LABELS[:3], x_test=DIGITS, y_test=LABELS)
    assert len(load_set(path)) == 10
    assert len(load_set(path, "train")) == 3


BYTES = DIGITS.astype(np.float64)


@pytest.mark.parametrize(
    "arrays",
    [
        {"images": DIGITS, "labels": LABELS},
        {"X": DIGITS[..., None], "Y": LABELS[:, None]},  # Keras's shapes
        {"x_test": DIGITS.reshape(10, 784), "y_test": LABELS.astype("U1")},  # labels as text
        {"pictures": BYTES / 255, "label": np.eye(10)},  # floats and one-hot
        {"data": BYTES.astype(np.uint16) * 257, "target": LABELS},  # sixteen bits
        {"test_images": BYTES / 127.5 - 1, "test_labels": LABELS.astype(np.float32)},
        {"images": np.repeat(DIGITS[..., None], 3, axis=3), "labels": LABELS},  # colour
    ],
    ids=["usual", "keras", "flat", "floats", "sixteen", "signed", "colour"],
)
def test_an_npz_of_any_usual_form_is_read(
    tmp_path: Path, arrays: dict[str, NDArray[Any]], reader: Reader
) -> None:
    path = tmp_path / "mine.npz"
    np.savez_compressed(path, allow_pickle=False, **arrays)
    found = load_set(path)
    assert found.labels.tolist() == list(range(10))
    readings = reader.read_digits(found.pictures)
    assert [reading.best for reading in readings] == list(range(10))
    first = np.asarray(found.pictures[0])
    assert np.array_equal(first if first.ndim == 2 else first[..., 0], DIGITS[0])


@pytest.mark.parametrize(
    ("pixels", "brightest"),
    [
        (np.array([0, 1], np.uint8), 255),  # bits
        (np.array([0.0, 16.0]), 255),  # scikit-learn's digits
        (np.array([False, True]), 255),
        (np.array([0, 255], np.int64), 255),
        (np.array([0, 17], np.uint8), 17),  # a pale picture stays pale
    ],
)
def test_pixels_of_any_usual_range_are_scaled(
    tmp_path: Path, pixels: NDArray[Any], brightest: int
) -> None:
    np.savez(tmp_path / "two.npz", images=pixels.reshape(1, 1, 2), labels=[3])
    found = load_set(tmp_path / "two.npz")
    assert np.asarray(found.pictures[0]).tolist() == [[0, brightest]]


def lines(head: str | None, label_at: int, delimiter: str = ",") -> str:
    rows = [list(map(str, picture.ravel())) for picture in 255 - DIGITS]
    for label, row in enumerate(rows):
        row.insert(label_at, str(label))
    body = "\n".join(delimiter.join(row) for row in rows)
    return body if head is None else f"{head}\n{body}"


PIXELS = ",".join(f"pixel{number}" for number in range(784))


@pytest.mark.parametrize(
    "text",
    [
        lines(f"label,{PIXELS}", 0),  # Kaggle's MNIST
        lines(None, 0),  # the same without a head
        lines(f'{PIXELS},"Label"', 784),
        lines(f"\ufefflabel,{PIXELS}\n".strip(), 0).replace("\n", "\r\n"),  # as Excel writes it
        lines(None, 0, ";"),
    ],
    ids=["kaggle", "headless", "label last", "excel", "semicolons"],
)
def test_csv_is_read_with_and_without_a_head(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.csv").write_bytes(text.encode())
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("mine", "packed"):
        found = load_set(next(tmp_path.glob(f"{name}.*")))
        assert (found.name, found.labels.tolist()) == (name, list(range(10)))
        assert np.array_equal(np.stack([*map(np.asarray, found.pictures)]), 255 - DIGITS)


def test_csv_may_say_what_is_no_digit(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    for head in ("label,a,b,c,d\n", ""):
        path.write_text(f"{head}not_a_digit,0,0,0,255\n7,0,255,255,0\n", encoding="utf-8")
        assert load_set(path).labels.tolist() == [NOT_A_DIGIT, 7]


ONE = np.zeros((1, 28, 28), np.uint8)
SHAPES = "needs pictures of count×height×width, count×height×width×channels or count×side², got "
RANGES = "needs pixels from 0 to 255, 0 to 1 or -1 to 1, got "
LABELS_NEEDED = "needs labels from 0 to 9, or not_a_digit, got "


@pytest.mark.parametrize(
    ("pictures", "labels", "message"),
    [
        (np.array([{}]), [1], "needs arrays of numbers, got Python objects"),  # never unpickled
        (ONE, [1, 2], "needs a label for each picture, got 1 pictures and 2 labels"),
        (ONE[:0], [], "needs labelled pictures, got none"),
        (np.zeros((2, 30)), [1, 2], SHAPES + "2×30"),
        (np.uint8(3), [1], SHAPES + "a single value"),
        (ONE, [11], LABELS_NEEDED + "11"),
        (ONE, [2.5], LABELS_NEEDED + "2.5"),
        (ONE, ["x"], LABELS_NEEDED + "x"),
        (ONE, [[1, 2]], "needs labels of one number a picture, got 1×2"),
        (ONE - 1.42, [1], RANGES + "-1.42 to -1.42"),  # standardised
        (ONE + 1e6, [1], RANGES + "1e+06 to 1e+06"),
        (ONE * np.nan, [1], RANGES + "nan to nan"),
        (ONE.astype("U1"), [1], "needs pixels that are numbers, got <U1"),
    ],
)
def test_what_is_wrong_with_arrays_is_said(
    tmp_path: Path, pictures: NDArray[Any], labels: list[Any], message: str
) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, images=pictures, labels=labels)
    with pytest.raises(DataError) as caught:
        load_set(path)
    assert caught.value.message == f"{message}: {path}"


def test_arrays_of_other_names_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, images=ONE, names=[1])
    with pytest.raises(DataError) as caught:
        load_set(path)
    assert caught.value.message == (
        "needs arrays of pictures and labels, named like images and labels or x_test and y_test, "
        f"got images, names: {path}"
    )


NUMBERS = "needs lines of numbers, "
BESIDE = "needs the labels beside the pictures, no such file"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.npz", b"", "needs an npz file, got something else or a damaged one: {path}"),
        (
            "cut.npz",
            b"PK\3\4 cut",
            "needs an npz file, got something else or a damaged one: {path}",
        ),
        ("a.csv", b"", "needs labelled pictures, got none: {path}"),
        ("a.csv", b"label,a,b\n\n", "needs labelled pictures, got none: {path}"),
        (
            "a.csv",
            b"label,a,b,c,d\n1,0,0\n",
            "needs 5 numbers a line, as in the first, got 3: {path}",
        ),
        ("a.csv", b"\xff\xfe", "needs a CSV file, got something else: {path}"),
        ("a.csv", b"1,0,0,x,0", "needs a column named label, got 1, 0, 0 and so on: {path}"),
        (
            "a.csv",
            b"1,0,0,0,0\n2,0,0,x,0",
            NUMBERS + "could not convert string 'x' to float32 at row 1, column 4: {path}",
        ),
        (
            "a.csv",
            b"1,0,0,0,0\n2,0",
            NUMBERS + "the number of columns changed from 5 to 2 at row 2: {path}",
        ),
        ("a.csv", b"1,0,0,0", SHAPES + "1×3: {path}"),
        ("a.csv", b"12,0,0,0,0", LABELS_NEEDED + "12.0: {path}"),
        ("a-images-idx3-ubyte", b"no idx", BESIDE + ": {folder}/a-labels-idx1-ubyte"),
        ("a.zip", b"PK", "needs labelled pictures, got something else: {path}"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_set(path)
    assert caught.value.message == message.format(path=path, folder=tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no idx", "needs an idx file of bytes with 3 axes, got something else"),
        (idx(LABELS), "needs an idx file of bytes with 3 axes, got something else"),
        (idx(DIGITS)[:-9], "needs 7,840 bytes of data, got 7,831"),
        (bytes((0, 0, 8, 3)) + b"\xff" * 12, f"needs {(2**32 - 1) ** 3:,} bytes of data, got 0"),
        (gzip.compress(idx(DIGITS))[:-20], "cannot read the file, it is damaged or cut off"),
        (idx(DIGITS[:9]), "needs a label for each picture, got 9 pictures and 10 labels"),
    ],
)
def test_damaged_idx_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = write_idx(tmp_path)
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_set(tmp_path)
    assert caught.value.message == f"{message}: {path}"


def test_missing_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_set(tmp_path / "none")
    assert caught.value.message == f"no such file or folder: {tmp_path / 'none'}"
    with pytest.raises(DataError) as caught:
        load_set(tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        f"needs folders named 0 to 9, or idx files, got neither: {tmp_path}",
        f"labelled pictures are {FORMS}",
    )
    (tmp_path / "7").mkdir()
    with pytest.raises(DataError) as caught:
        load_set(tmp_path)
    assert caught.value.message == f"needs labelled pictures, got empty folders: {tmp_path}"


def test_a_set_needs_as_many_labels_as_pictures() -> None:
    with pytest.raises(DataError) as caught:
        LabelledSet("mine", ["a.png"], np.array([1, 2]), ("a.png",))
    assert caught.value.message == (
        "needs a label for each picture, got 1 pictures and 2 labels: mine"
    )


@pytest.mark.parametrize(
    ("name", "count", "shape"),
    [
        ("mnist-test", 10_000, (28, 28)),
        ("usps-train", 7_291, (16, 16)),
        ("usps-test", 2_007, (16, 16)),
        ("cvl-even", 7_000, (28, 28)),
        ("cvl-odd", 7_000, (28, 28)),
        ("omniglot-held-out", 1_180, (105, 105)),
    ],
)
def test_the_checking_sets_are_loaded(
    data: Path, name: str, count: int, shape: tuple[int, int]
) -> None:
    found = named_set(name, data)
    assert (found.name, len(found), np.asarray(found.pictures[0]).shape) == (name, count, shape)
    kinds = {10} if name == "omniglot-held-out" else set(range(10))
    assert set(found.labels.tolist()) == kinds
    assert name in available_sets(data)


def test_the_checking_sets_are_as_published(data: Path) -> None:
    found = named_set("mnist-test", data)
    assert np.array_equal(np.asarray(found.pictures[99]), mnist.pictures(data, "t10k")[99])
    with np.load(data / "cvl" / "cvl_dev.npz") as file:
        odd = named_set("cvl-odd", data)
        assert odd.ids[:2] == ("1", "3")
        assert np.array_equal(np.asarray(odd.pictures[7]), 255 - file["images"][15])
        assert odd.labels[7] == file["labels"][15]


def test_a_set_that_cannot_be_had_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_sets(tmp_path) == ()
    with pytest.raises(DataError) as caught:
        named_set("emnist", tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        "no set of that name: emnist",
        f"one of: {', '.join(CHECKING_SETS)}; or a path",
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert available_sets(None) == ()
    with pytest.raises(DataError) as caught:
        named_set("cvl-odd", None)
    assert (caught.value.message, caught.value.hint) == (
        "has to be got by hand: cvl/cvl_dev.npz",
        "put the files into FOLDER and set INKREAD_DATA=FOLDER",
    )
    for name in CHECKING_SETS:
        with pytest.raises(DataError, match=f"no such file: {tmp_path}"):
            named_set(name, tmp_path)
