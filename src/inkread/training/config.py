"""What a training run is: one frozen configuration, saved with its result."""

from dataclasses import dataclass, replace
from typing import Any

from inkread.errors import SettingsError

ARCHITECTURES = ("compact", "dense", "lenet", "residual")
PAGE = "page"  # the architecture of the network that reads pages
OPTIMIZERS = ("adamw", "sgd")
LOSSES = ("cross-entropy", "smoothed", "focal")


@dataclass(frozen=True)
class TrainingConfig:
    """The hyper-parameters of one run.

    Attributes:
        preset: the name it was made from.
        architecture: one of ARCHITECTURES.
        seed: of the initial weights, the order of the pictures and the augmentation.
        epochs: at most, each of `epoch_pictures`.
        epoch_pictures: drawn from the sources, each augmented anew every time.
        batch_size: pictures a step.
        optimizer: one of OPTIMIZERS.
        loss: one of LOSSES.
        learning_rate: the peak of the one-cycle schedule.
        last_rate: share, 0–1, of that peak which is left at the end. With some left the averaged
            weights are those of many places around a minimum, which know foreign hands better.
        weight_decay: of the optimizer.
        ema_decay: how much of the averaged weights stays at each step; they are what ships.
        first_cycle: epochs after which the learning rate rises and falls once more; 0 never.
        patience: epochs without a better validation accuracy after which training stops; 0 never.
        validation_pictures: held out of the digits, to watch and to stop by.
        own_share: share, 0–1, of a person's own pictures; 1 trains on these alone.
        teacher_share: share, 0–1, of what teachers say in what is learned of a picture.
    """

    preset: str = "quick"
    architecture: str = "compact"
    seed: int = 1
    epochs: int = 6
    epoch_pictures: int = 50_000
    batch_size: int = 128
    optimizer: str = "adamw"
    loss: str = "cross-entropy"
    learning_rate: float = 3e-3
    last_rate: float = 0.0
    weight_decay: float = 0.05
    ema_decay: float = 0.998
    first_cycle: int = 0
    patience: int = 0
    validation_pictures: int = 2_000
    own_share: float = 0.0
    teacher_share: float = 0.0

    def __post_init__(self) -> None:
        pages = self.architecture == PAGE and self.preset == "pages"
        for name, known in (
            ("architecture", (PAGE,) if pages else ARCHITECTURES),
            ("optimizer", OPTIMIZERS),
            ("loss", LOSSES),
        ):
            if (value := getattr(self, name)) not in known:
                raise SettingsError(f"no such {name}: {value}", hint=f"one of: {', '.join(known)}")


SGD = {"learning_rate": 0.05, "weight_decay": 5e-4}  # unless told
PRESETS = {
    "quick": TrainingConfig(),
    "full": TrainingConfig(preset="full", epochs=150, ema_decay=0.9995),
}
PAGES = TrainingConfig(
    preset="pages",
    architecture=PAGE,
    epochs=50,
    epoch_pictures=12_800,
    batch_size=32,
    learning_rate=2e-3,
    ema_decay=0.999,
)
SIGNS = TrainingConfig(preset="signs", epochs=16, learning_rate=1.5e-3)  # cut out of pages
LINES = TrainingConfig(  # cut out of pages
    preset="lines",
    epochs=80,
    first_cycle=48,
    epoch_pictures=12_800,
    batch_size=32,
    learning_rate=2e-3,
    ema_decay=0.999,
)
BY_NETWORK = {"page": PAGES, "sign": SIGNS, "line": LINES}  # of those that read pages


def preset(name: str, **changes: Any) -> TrainingConfig:  # noqa: ANN401  # as the fields are
    """Return a preset by name, changed where a change is not None.

    Raises:
        SettingsError: there is no preset of that name, or a value is none of those known.
    """
    if name not in PRESETS:
        raise SettingsError(f"no preset of that name: {name}", hint=f"one of: {', '.join(PRESETS)}")
    told = {key: value for key, value in changes.items() if value is not None}
    return replace(PRESETS[name], **(SGD if told.get("optimizer") == "sgd" else {}) | told)
