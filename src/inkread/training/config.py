"""What a training run is: one frozen configuration, saved with its result."""

from dataclasses import dataclass, replace

from inkread.errors import SettingsError


@dataclass(frozen=True)
class TrainingConfig:
    """The hyper-parameters of one run.

    Attributes:
        preset: the name it was made from.
        seed: of the initial weights, the order of the pictures and the augmentation.
        epochs: passes over the training pictures, each augmented anew every time.
        batch_size: pictures a step.
        learning_rate: the peak of the one-cycle schedule (AdamW).
        weight_decay: of AdamW.
        ema_decay: how much of the averaged weights stays at each step; they are what ships.
        validation_pictures: held out of the training pictures, for watching only.
    """

    preset: str = "quick"
    seed: int = 1
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    ema_decay: float = 0.998
    validation_pictures: int = 2_000


PRESETS = {"quick": TrainingConfig()}


def preset(name: str, seed: int | None = None) -> TrainingConfig:
    """Return a preset by name, with another seed where one is given.

    Raises:
        SettingsError: there is no preset of that name.
    """
    if name not in PRESETS:
        raise SettingsError(f"no preset of that name: {name}", hint=f"one of: {', '.join(PRESETS)}")
    return PRESETS[name] if seed is None else replace(PRESETS[name], seed=seed)
