"""Ink → a page that somebody hands in: paper of all kinds, photographed or scanned."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from inkread.training.mixture import Grey
from inkread.training.pages import texture

_TEXTURE_PX = (160, 400)
_TEXTURES = 400


@dataclass
class Paper:
    """Lays ink upon paper with its patterns.

    Attributes:
        held_out: whether it has textures of its own, which other paper never has.
    """

    held_out: bool = False
    _textures: dict[int, texture.Shade] = field(default_factory=dict, init=False, repr=False)

    def under(self, ink: texture.Shade, rng: np.random.Generator) -> Grey:
        """Return ink upon any such paper."""
        light = rng.uniform(120, 250)
        paper = np.full(ink.shape, light, np.float32)
        for _ in range(rng.choice([0, 1, 2, 3], p=[0.3, 0.4, 0.2, 0.1])):
            paper *= 1 - np.float32(rng.uniform(0.1, 0.62) ** 2) * self._texture(ink.shape, rng)
        dark = np.float32(rng.uniform(0.35, 0.97))
        if rng.random() < 0.25:
            lines = texture.rules(ink.shape, rng)
            paper *= 1 - np.float32(rng.uniform(0.1, 0.9)) * dark * lines
        if rng.random() < 0.4:
            ink = ink * (1 - np.float32(rng.uniform(0, 0.6)) * self._texture(ink.shape, rng))
        return np.asarray(np.clip(paper * (1 - dark * ink), 0, 255), np.uint8)

    def _texture(self, size: tuple[int, ...], rng: np.random.Generator) -> texture.Shade:
        """Cut a piece out of one of some textures, each made once: it takes milliseconds."""
        number = int(rng.integers(_TEXTURES)) + (_TEXTURES if self.held_out else 0)
        if number not in self._textures:
            make = texture.TEXTURES[number % len(texture.TEXTURES)]
            self._textures[number] = make(_TEXTURE_PX, np.random.default_rng(number))
        whole = self._textures[number]
        if rng.random() < 0.5:
            whole = whole[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]
        row, column = (
            int(rng.integers(0, max(1, there - wanted + 1)))
            for there, wanted in zip(whole.shape, size, strict=True)
        )
        piece = whole[row : row + size[0], column : column + size[1]]
        return np.asarray(cv2.resize(piece, (size[1], size[0])), np.float32)


def bare(ink: texture.Shade, rng: np.random.Generator) -> Grey:
    """Lay ink upon paper without any pattern."""
    light, dark = np.float32(rng.uniform(180, 255)), np.float32(rng.uniform(0.6, 1))
    return np.asarray(light * (1 - dark * ink), np.uint8)


def shown_through(picture: Grey, back: texture.Shade, rng: np.random.Generator) -> Grey:
    """Let what is written on the back of paper show through: mirrored, blurred and faint."""
    soft = cv2.GaussianBlur(back[:, ::-1], (0, 0), rng.uniform(0.5, 3))
    return np.asarray(picture * (1 - np.float32(rng.uniform(0.03, 0.3)) * soft), np.uint8)


def photographed(picture: Grey, rng: np.random.Generator, often: float = 1) -> Grey:
    """Photograph or scan: soft, dim, noisy, packed; less often where `often` is under 1."""
    height, width = picture.shape
    if rng.random() < 0.35 * often:
        share = rng.uniform(0.35, 0.9)
        few = (max(8, int(width * share)), max(8, int(height * share)))
        small = cv2.resize(picture, few, interpolation=cv2.INTER_AREA)
        picture = np.asarray(
            cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8
        )
    if rng.random() < 0.4 * often:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.5)), np.uint8)
    if rng.random() < 0.06 * often:
        picture = np.asarray(cv2.blur(picture, (int(rng.integers(2, 6)), 1)), np.uint8)
    values = picture.astype(np.float32)
    if rng.random() < 0.4 * often:
        values *= 1 - np.float32(rng.uniform(0.1, 0.6)) * texture.smooth(picture.shape, rng)
    if rng.random() < 0.5 * often:
        values += rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0, 12))
    picture = np.asarray(np.clip(values, 0, 255), np.uint8)
    if rng.random() < 0.5 * often:
        quality = int(rng.integers(20, 85))
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture
