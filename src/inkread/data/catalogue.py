"""Every data set that Inkread knows, with its publisher, checksums and licence."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile

import cv2
import numpy as np

from inkread.data.files import DataFile

MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
UCI_URL = "https://archive.ics.uci.edu/ml/machine-learning-databases/"
OMNIGLOT_URL = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/"
USPS_URL = "https://hastie.su.domains/ElemStatLearn/datasets/"
OMNIGLOT_ALPHABETS = (
    *("Balinese", "Early_Aramaic", "Greek", "Japanese_(katakana)"),
    *("Korean", "Latin", "Sanskrit", "Tagalog"),
)


@dataclass(frozen=True)
class DataSet:
    """A data set: what it is, whether networks are trained on it, and its files."""

    about: str
    licence: str
    training: bool
    files: tuple[DataFile, ...]


def _unpacked(raw: bytes) -> bytes:
    from unlzw3 import unlzw

    return bytes(unlzw(raw))


def without_header(raw: bytes) -> bytes:
    """Replace the publisher's header of optdigits by a line with the number of digits."""
    lines = raw.split(b"\n")
    first = next(row for row, line in enumerate(lines) if len(line.strip()) == 32)
    count = sum(1 for line in lines[first:] if line.strip()) // 33
    return b"%d\n%b" % (count, b"\n".join(lines[first:]))


def _optdigits(raw: bytes) -> bytes:
    return without_header(_unpacked(raw))


def _omniglot(raw: bytes) -> bytes:
    """Take the eight alphabets out of the publisher's archive, as one .npz."""
    with ZipFile(BytesIO(raw)) as archive:
        names = [
            name
            for name in sorted(archive.namelist())
            if name.endswith(".png") and PurePosixPath(name).parts[1] in OMNIGLOT_ALPHABETS
        ]
        images = [_decoded(archive.read(name)) for name in names]
    labels = ["/".join(PurePosixPath(name).parts[1:3]) for name in names]
    packed = BytesIO()
    np.savez_compressed(packed, images=np.stack(images), labels=np.array(labels))
    return packed.getvalue()


def _decoded(raw: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_GRAYSCALE))


def _omniglot_digest(raw: bytes) -> str:
    """Return a SHA-256 over the labelled pictures, whatever their order and packing."""
    with np.load(BytesIO(raw)) as file:
        pairs = zip(file["labels"], file["images"], strict=True)
        each = sorted(
            hashlib.sha256(f"{label}".encode() + image.tobytes()).digest() for label, image in pairs
        )
    return hashlib.sha256(b"".join(each)).hexdigest()


MNIST = {
    "train": (
        DataFile(
            "mnist/train-images-idx3-ubyte",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            MNIST_URL + "train-images-idx3-ubyte.gz",
        ),
        DataFile(
            "mnist/train-labels-idx1-ubyte",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            MNIST_URL + "train-labels-idx1-ubyte.gz",
        ),
    ),
    "test": (
        DataFile(
            "mnist/t10k-images-idx3-ubyte",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            MNIST_URL + "t10k-images-idx3-ubyte.gz",
        ),
        DataFile(
            "mnist/t10k-labels-idx1-ubyte",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            MNIST_URL + "t10k-labels-idx1-ubyte.gz",
        ),
    ),
}
PENDIGITS = DataFile(
    "pendigits/pendigits-orig.tra",
    "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    UCI_URL + "pendigits/pendigits-orig.tra.Z",
    _unpacked,
)
OPTDIGITS = (
    DataFile(
        "optdigits/optdigits-orig.tra",
        "6f1012a107d37856f83cb332b26d54738647c1d197278f8ff74c5f55312124ca",
        UCI_URL + "optdigits/optdigits-orig.tra.Z",
        _optdigits,
    ),
    DataFile(
        "optdigits/optdigits-orig.cv",
        "29b0ea16767a56815aa39b608520aa18d4acc087b9db85847f4c79addb7d09d3",
        UCI_URL + "optdigits/optdigits-orig.cv.Z",
        _optdigits,
    ),
)
SEMEION = DataFile(
    "semeion/semeion.data",
    "0a0db68edc935e157425afd5f0dd927256b473a2e82262fd442cfde4c6e42c76",
    UCI_URL + "semeion/semeion.data",
    bytes,  # as it is
)
OMNIGLOT = DataFile(
    "omniglot/omniglot_small.npz",
    "b244003bec823030ddf1c93062184a69f5059ee87ed309c055d9793938fcf119",
    OMNIGLOT_URL + "images_background.zip",
    _omniglot,
    _omniglot_digest,
)
USPS = (
    DataFile(
        "usps/zip.train",
        "abc9f5c75b997cabe66b5d01727d5a681c69298e1641a8d37b55433a52129dc0",
        USPS_URL + "zip.train.gz",
    ),
    DataFile(
        "usps/zip.test",
        "6bde17b4f1cd68e0630cd2751d6495b5795d9165ab2dc4a0be8b7002b732f4cc",
        USPS_URL + "zip.test.gz",
    ),
)
CVL = DataFile(
    "cvl/cvl_dev.npz", "c4cba8b4168ceeab3bb70641b8449d7879b8d501e58c12d80ea387c8074b7f06"
)

CATALOGUE = {
    "mnist": DataSet(
        "70,000 digits, 28×28; the 10,000 of its test set for the final figure only",
        "CC BY-SA 3.0",
        training=True,
        files=(*MNIST["train"], *MNIST["test"]),
    ),
    "pendigits": DataSet(
        "7,494 digits of 30 writers, as pen strokes", "CC BY 4.0", training=True, files=(PENDIGITS,)
    ),
    "optdigits": DataSet(
        "2,880 digits, 32×32 bitmaps", "CC BY 4.0", training=True, files=OPTDIGITS
    ),
    "semeion": DataSet("1,593 digits, 16×16 bitmaps", "CC BY 4.0", training=True, files=(SEMEION,)),
    "omniglot": DataSet(
        "characters of eight alphabets, 105×105; two of them for checking only",
        "MIT",
        training=True,
        files=(OMNIGLOT,),
    ),
    "usps": DataSet(
        "9,298 digits from envelopes, 16×16; for checking only",
        "not stated",
        training=False,
        files=USPS,
    ),
    "cvl": DataSet(
        "14,000 digits of 127 European writers, 28×28; for checking only",
        "not stated",
        training=False,
        files=(CVL,),
    ),
}
