"""The networks: ink, shape (batch, 1, 28, 28), 0–1 → logits, shape (batch, 11).

The first ten logits are of the digits 0 to 9, the last of what is no digit.
"""

from torch import Tensor, nn

LOGITS = 11


class Dense(nn.Module):
    """Pixels as a flat list through two hidden layers, 0.54 M parameters: no idea of neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), *_dense(784, 512), *_dense(512, 256), nn.Linear(256, LOGITS)
        )

    def forward(self, ink: Tensor) -> Tensor:
        logits: Tensor = self.layers(ink)
        return logits


class LeNet(nn.Module):
    """Convolution, pooling, convolution, pooling, dense layers, 0.11 M parameters.

    Source:
        LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document
        recognition", 1998; with ReLU, batch norm and maximum pooling.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(_convolution(1, 16, size=5), nn.MaxPool2d(2)),
            *(_convolution(16, 32, size=5, padding=0), nn.MaxPool2d(2)),
            nn.Flatten(),
            *(*_dense(32 * 5 * 5, 120), nn.Linear(120, LOGITS)),
        )

    def forward(self, ink: Tensor) -> Tensor:
        logits: Tensor = self.layers(ink)
        return logits


class Residual(nn.Module):
    """A 7×7 stem of 64 filters, six residual blocks and two dense layers, 2.9 M parameters.

    Source:
        He, Zhang, Ren & Sun, "Deep residual learning for image recognition", 2016.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _convolution(1, 64, size=7, stride=2, padding=3),
            *(_Block(64, 64), _Block(64, 64)),
            *(_Block(64, 128, stride=2), _Block(128, 128)),
            *(_Block(128, 256, stride=2), _Block(256, 256)),
        )
        self.classify = nn.Sequential(
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            *(nn.Linear(256, 128), nn.ReLU(inplace=True), nn.Dropout(0.3)),
            nn.Linear(128, LOGITS),
        )

    def forward(self, ink: Tensor) -> Tensor:
        logits: Tensor = self.classify(self.features(ink))
        return logits


class Compact(nn.Module):
    """Seven 3×3 convolutions in three resolutions, 0.63 M parameters: the network that ships.

    Narrow where pictures are large and wide where they are small; no branches, so that it
    quantises well. As int8 it takes under a tenth of a millisecond on one CPU thread.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _convolution(1, 16),
            _convolution(16, 32, stride=2),
            _convolution(32, 64),
            _convolution(64, 80),
            _convolution(80, 128, stride=2),
            _convolution(128, 160),
            _convolution(160, 192, padding=0),
        )
        self.classify = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(192, LOGITS)
        )

    def forward(self, ink: Tensor) -> Tensor:
        logits: Tensor = self.classify(self.features(ink))
        return logits


ARCHITECTURES: dict[str, type[nn.Module]] = {
    "compact": Compact,
    "dense": Dense,
    "lenet": LeNet,
    "residual": Residual,
}


class _Block(nn.Module):
    """Two convolutions, and a way around them."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.around: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.around = nn.Sequential(
                nn.Conv2d(before, after, 1, stride=stride, bias=False), nn.BatchNorm2d(after)
            )
        self.through = nn.Sequential(
            _convolution(before, after, stride=stride),
            nn.Conv2d(after, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
        )

    def forward(self, features: Tensor) -> Tensor:
        return nn.functional.relu(self.through(features) + self.around(features))


def _convolution(
    before: int, after: int, size: int = 3, stride: int = 1, padding: int | None = None
) -> nn.Sequential:
    padding = size // 2 if padding is None else padding
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def _dense(before: int, after: int) -> tuple[nn.Module, ...]:
    return (
        nn.Linear(before, after, bias=False),
        nn.BatchNorm1d(after),
        nn.ReLU(inplace=True),
        nn.Dropout(0.2),
    )
