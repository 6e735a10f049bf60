"""The networks that read pages, and what the one that finds signs is taught."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from inkread.maps import SIGNS
from inkread.training.networks import LOGITS, Compact
from inkread.training.pages.targets import MAPS

CHANNELS = 2 + len(SIGNS) + 4  # heat of digits and separators, the signs, the box


class PageNet(nn.Module):
    """A page, shape (batch, 1, height, width) → maps, shape (batch, 19, height / 4, width / 2).

    Fully convolutional: fine features for where a sign stands, and coarse ones, of wider sight, for
    what stands around it. Each cell of the fine ones answers for two places side by side, since
    ones stand close. Heights and widths are multiples of 8.

    Source:
        Zhou, Wang & Krähenbühl, "Objects as points", 2019, for the heat maps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _convolution(1, 16, size=5, stride=2), _convolution(16, 48, stride=2), _Block(48)
        )
        self.coarse = nn.Sequential(
            _convolution(48, 96, stride=2), _Block(96), _Block(96), _Block(96, dilation=2)
        )
        self.lift = nn.Sequential(
            nn.Conv2d(96, 64, 1, bias=False), nn.BatchNorm2d(64), nn.Upsample(scale_factor=2)
        )
        self.across = nn.Sequential(nn.Conv2d(48, 64, 1, bias=False), nn.BatchNorm2d(64))
        self.fine = nn.Sequential(nn.ReLU(inplace=True), _Block(64), _convolution(64, 96))
        self.answer = nn.Conv2d(96, 2 * CHANNELS, 1)
        bias = torch.zeros(CHANNELS, 2)
        bias[:2] = -4  # nearly everywhere is nothing
        self.answer.bias = nn.Parameter(bias.flatten())

    def forward(self, page: Tensor) -> Tensor:
        near = self.stem(page)
        together = self.lift(self.coarse(near)) + self.across(near)
        maps: Tensor = self.answer(self.fine(together)).unflatten(1, (CHANNELS, 2))
        return maps.permute(0, 1, 3, 4, 2).flatten(3)


class SignNet(nn.Module):
    """Close looks, shape (batch, 3, 28, 28) → logits, shape (batch, 11).

    What a digit network sees in the sign is weighed together with what stands around it and where
    the sign is there: that tells a 1 from a dash, a small nought from a dot, and a digit from a
    part of another.
    """

    def __init__(self, digit: Compact | None = None) -> None:
        """Begin with a digit network that is trained, or with new weights."""
        super().__init__()
        self.sign = nn.Sequential(
            (digit or Compact()).features, nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.around = nn.Sequential(
            _convolution(2, 24, stride=2),
            _convolution(24, 48),
            _convolution(48, 64, stride=2),
            _convolution(64, 96),
            _convolution(96, 24, size=1),
            *(nn.Flatten(), nn.Linear(24 * 7 * 7, 128), nn.ReLU(inplace=True)),
        )
        self.together = nn.Sequential(
            *(nn.Dropout(0.1), nn.Linear(192 + 128, 128), nn.ReLU(inplace=True)),
            nn.Linear(128, LOGITS),
        )

    def forward(self, looks: Tensor) -> Tensor:
        seen = torch.cat([self.sign(looks[:, :1]), self.around(looks[:, 1:])], dim=1)
        logits: Tensor = self.together(seen)
        return logits


class LineNet(nn.Module):
    """A number, shape (batch, 1, 48, width) → logits, shape (batch, width / 2, 11).

    The first ten logits of each step are of the digits, the last of none. Convolutions halve the
    height until one row is left, whose steps then see far along the number: how a hand forms
    one digit tells how it forms others.

    Source:
        Graves et al., "Connectionist temporal classification", 2006, for the loss.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(_convolution(1, 24, size=5, stride=2), _convolution(24, 48, stride=2), _Block(48)),
            *(_convolution(48, 96, stride=(2, 1)), _Block(96), _Block(96)),
            *(_convolution(96, 128, stride=(2, 1)), _Block(128)),
            *(nn.Conv2d(128, 160, (3, 1), bias=False), nn.BatchNorm2d(160), nn.ReLU(inplace=True)),
            *(_Along(160, dilation) for dilation in (1, 2, 4)),
        )
        self.answer = nn.Sequential(nn.Dropout(0.1), nn.Conv2d(160, 2 * LOGITS, 1))

    def forward(self, strips: Tensor) -> Tensor:
        steps: Tensor = self.answer(self.features(strips)).squeeze(2).transpose(1, 2)
        return steps.reshape(steps.shape[0], -1, LOGITS)  # each column answers for two steps


class _Along(nn.Module):
    """Two convolutions along a row, and a way around them."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        first, second = (
            nn.Conv2d(channels, channels, (1, 3), padding=(0, each), dilation=(1, each), bias=False)
            for each in (1, dilation)
        )
        self.through = nn.Sequential(
            *(first, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)),
            *(second, nn.BatchNorm2d(channels)),
        )

    def forward(self, features: Tensor) -> Tensor:
        return functional.relu(features + self.through(features))


class _Block(nn.Module):
    """Two convolutions, and a way around them."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.through = nn.Sequential(
            _convolution(channels, channels),
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        return functional.relu(features + self.through(features))


def _convolution(
    before: int, after: int, size: int = 3, stride: int | tuple[int, int] = 1
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride=stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def loss(maps: Tensor, wanted: Tensor) -> Tensor:
    """Return how far maps are from those wanted.

    Args:
        maps: of the network, shape (batch, 19, height, width).
        wanted: shape (batch, 8, height, width), see `targets.MAPS`.
    """
    counts = wanted[:, MAPS.counts : MAPS.counts + 1]
    heat = _focal(maps[:, :2], wanted[:, :2], counts)
    near = wanted[:, MAPS.sign] >= 0
    if not near.any():
        return heat
    cells = maps.permute(0, 2, 3, 1)[near]
    signs = wanted[:, MAPS.sign][near].long()
    boxes = wanted.permute(0, 2, 3, 1)[near][:, MAPS.box : MAPS.box + 4]
    sign = functional.cross_entropy(cells[:, 2 : 2 + len(SIGNS)], signs)
    reach = cells[:, 2 + len(SIGNS) :]
    box = functional.smooth_l1_loss(reach, boxes, beta=0.05) + 0.5 * _unlike(reach, boxes)
    return heat + sign + 2 * box


def _unlike(reach: Tensor, wanted: Tensor) -> Tensor:
    """Return 1 − IoU, on average, of boxes around the same places, shape (count, 4)."""
    shared, *areas = (
        (each[:, 0] + each[:, 2]).clamp(min=0) * (each[:, 1] + each[:, 3]).clamp(min=0)
        for each in (torch.minimum(reach, wanted), reach, wanted)
    )
    return 1 - (shared / (sum(areas) - shared).clamp(min=1e-6)).mean()


def _focal(logits: Tensor, heat: Tensor, counts: Tensor) -> Tensor:
    """Weigh cells by how wrong they are, and less near a middle."""
    shares = torch.sigmoid(logits)
    middles = heat > 0.999
    hit = functional.logsigmoid(logits) * (1 - shares) ** 2
    missed = functional.logsigmoid(-logits) * shares**2 * (1 - heat) ** 4
    every = torch.where(middles, hit, missed) * counts
    return -every.sum() / middles.sum().clamp(min=1)


def line_loss(logits: Tensor, digits: Tensor) -> Tensor:
    """Return how unlikely digits are in strips, whichever steps they fall on.

    Args:
        logits: of the network, shape (batch, steps, 11).
        digits: shape (batch, most), filled up with numbers under 0.
    """
    steps = torch.log_softmax(logits, dim=2).transpose(0, 1)
    lengths = (digits >= 0).sum(dim=1)
    all_steps = torch.full_like(lengths, len(steps))
    return functional.ctc_loss(
        steps, digits.clamp(min=0), all_steps, lengths, blank=LOGITS - 1, zero_infinity=True
    )
