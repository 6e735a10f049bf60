"""The loop: it learns, resumes, stops early, and does what its options say."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from inkread import DataError, SettingsError
from inkread.data.digits import Digits
from inkread.training.batches import Batches
from inkread.training.config import (
    ARCHITECTURES,
    LOSSES,
    OPTIMIZERS,
    PRESETS,
    TrainingConfig,
    preset,
)
from inkread.training.loop import LOSSES as LOSS_FUNCTIONS
from inkread.training.loop import Epoch, Learner, Watch, accuracy, steps, train
from inkread.training.mixture import Mixture, Pictures
from inkread.training.networks import ARCHITECTURES as NETWORKS
from inkread.training.networks import Compact
from tests.drawing import small_digits

CONFIG = TrainingConfig(epochs=2, epoch_pictures=256, batch_size=32)


@pytest.fixture(scope="module")
def digits() -> Digits:
    return Digits(*small_digits(200))


@pytest.fixture(scope="module")
def batches(digits: Digits) -> Iterator[Batches]:
    with closing(
        Batches(Mixture([(Pictures(digits.pictures, digits.labels), 1.0)]), CONFIG)
    ) as made:
        yield made


def learner(config: TrainingConfig = CONFIG) -> Learner:
    torch.manual_seed(config.seed)
    return Learner(NETWORKS["dense"](), config)


def weights(network: torch.nn.Module) -> torch.Tensor:
    return torch.cat([each.detach().ravel() for each in network.parameters()])


def test_the_same_seed_gives_the_same_network(batches: Batches, digits: Digits) -> None:
    first, second = (train(learner(), batches, partial(accuracy, digits=digits)) for _ in range(2))
    assert torch.equal(weights(first), weights(second))


def test_a_killed_run_goes_on_where_it_was(
    batches: Batches, digits: Digits, tmp_path: Path
) -> None:
    whole = train(learner(), batches, partial(accuracy, digits=digits))
    checkpoint = tmp_path / "checkpoint.pt"

    class Killed(Exception):
        pass

    def kill(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise Killed

    with pytest.raises(Killed):
        train(learner(), batches, partial(accuracy, digits=digits), checkpoint, Watch(epoch=kill))
    told: list[int] = []
    watch = Watch(epoch=lambda epoch: told.append(epoch.number))
    resumed = train(learner(), batches, partial(accuracy, digits=digits), checkpoint, watch)
    assert told == [1, 2]
    assert torch.equal(weights(resumed), weights(whole))


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    learner().save(path)
    with pytest.raises(DataError) as caught:
        learner(replace(CONFIG, seed=2)).resume(path)
    assert caught.value.message == f"the checkpoint is of a run with other settings or data: {path}"
    assert caught.value.hint == "remove it, or choose another --out"


def test_a_resumed_run_keeps_the_commit_that_began_it(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    Learner(NETWORKS["dense"](), CONFIG, commit="first").save(path)
    later = Learner(NETWORKS["dense"](), CONFIG, commit="second")
    later.resume(path)
    assert later.commit == "first"


def test_a_checkpoint_of_other_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    Learner(NETWORKS["dense"](), CONFIG, data="mine").save(path)
    with pytest.raises(DataError, match="other settings or data"):
        Learner(NETWORKS["dense"](), CONFIG, data="yours").resume(path)


@pytest.mark.parametrize("cut", [1000, 0, None])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, cut: int | None) -> None:
    path = tmp_path / "checkpoint.pt"
    learner().save(path)
    path.write_bytes(b"not torch's" if cut is None else path.read_bytes()[:cut])
    with pytest.raises(DataError) as caught:
        learner().resume(path)
    assert caught.value.message == f"cannot go on from a damaged checkpoint: {path}"


@pytest.mark.parametrize(
    ("accuracies", "patience", "finished"),
    [
        ([0.9, 0.95], 2, False),
        ([0.95, 0.9], 2, False),  # one epoch without gain
        ([0.95, 0.9, 0.95], 2, True),  # two: as good is no gain
        ([0.95, 0.9, 0.9, 0.9], 0, False),  # never
        ([0.9] * 10, 0, True),  # all epochs are done
    ],
)
def test_training_stops_early_when_the_accuracy_stands_still(
    accuracies: list[float], patience: int, *, finished: bool
) -> None:
    made = learner(replace(CONFIG, epochs=10, patience=patience))
    made.history += [Epoch(row + 1, 1.0, each, 1e-3, 1.0) for row, each in enumerate(accuracies)]
    assert made.finished() == finished


@pytest.mark.parametrize(("patience", "kept"), [(3, 2.0), (0, 3.0)])
def test_where_it_may_stop_early_the_best_weights_are_kept(
    tmp_path: Path, patience: int, kept: float
) -> None:
    config = replace(CONFIG, epochs=3, patience=patience)
    made = learner(config)
    for number, right in enumerate((0.8, 0.9, 0.85), start=1):
        for each in made.average.module.parameters():
            each.data.fill_(float(number))
        made.note(Epoch(number, 1.0, right, 1e-3, 1.0))
    made.save(tmp_path / "checkpoint.pt")
    resumed = learner(config)
    resumed.resume(tmp_path / "checkpoint.pt")
    weights = torch.cat([each.flatten() for each in resumed.result().parameters()])
    assert torch.all(weights == kept)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_optimizer_learns_with_every_loss(digits: Digits, optimizer: str, loss: str) -> None:
    made = learner(replace(CONFIG, optimizer=optimizer, loss=loss, epochs=20))
    pictures = torch.from_numpy(digits.pictures[:64, None].copy())
    labels = torch.from_numpy(digits.labels[:64])
    losses = [float(made.step(pictures, labels)) for _ in range(40)]
    assert losses[-1] < 0.7 * losses[0]


def test_the_losses_are_what_they_are_called() -> None:
    logits, labels = torch.tensor([[2.0, 0.0, 0.0]]), torch.tensor([0])
    plain = float(functional.cross_entropy(logits, labels))
    assert float(LOSS_FUNCTIONS["cross-entropy"](logits, labels)) == pytest.approx(plain)
    assert float(LOSS_FUNCTIONS["smoothed"](logits, labels)) > plain
    sure = float(torch.softmax(logits, 1)[0, 0])
    assert float(LOSS_FUNCTIONS["focal"](logits, labels)) == pytest.approx((1 - sure) ** 2 * plain)


@pytest.mark.parametrize(("last_rate", "left"), [(0.0, 4e-8), (0.4, 0.004)])
def test_the_schedule_reaches_the_learning_rates_that_were_asked_for(
    last_rate: float, left: float
) -> None:
    made = learner(replace(CONFIG, learning_rate=0.01, last_rate=last_rate, epochs=50))
    rates = []
    for _ in range(steps(made.config)):
        made.optimizer.step()
        rates.append(made.schedule.get_last_lr()[0])
        made.schedule.step()
    assert rates[0] == pytest.approx(0.01 / 25)
    assert max(rates) == pytest.approx(0.01, rel=0.05)
    assert rates[-1] == pytest.approx(left, rel=0.05)


def test_the_learning_rate_rises_and_falls_once_more_where_told(
    batches: Batches, digits: Digits, tmp_path: Path
) -> None:
    config = replace(CONFIG, epochs=6, epoch_pictures=1_280, first_cycle=3)
    rates: list[float] = []

    def teach(made: Learner, number: int) -> None:
        for pictures, labels in batches.of_epoch(1):
            for _ in range(5):
                rates.append(float(made.schedule.get_last_lr()[0]))
                made.step(pictures, labels)
        made.note(Epoch(number, 0.0, 0.0, 0.0, 0.0))

    made = learner(config)
    for number in (1, 2, 3):
        teach(made, number)
    made.save(tmp_path / "checkpoint.pt")
    later = learner(config)
    later.resume(tmp_path / "checkpoint.pt")
    for number in (4, 5, 6):
        teach(later, number)
    half = len(rates) // 2
    for cycle in (rates[:half], rates[half:]):
        assert max(cycle) == pytest.approx(config.learning_rate, rel=0.05)
        assert cycle[0] < 0.1 * config.learning_rate
        assert cycle[-1] < 0.05 * config.learning_rate
    assert accuracy(later.result(), digits) > 0.3


def test_accuracy_counts_the_right_ones(digits: Digits) -> None:
    class AlwaysThree(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.logits = torch.nn.Parameter(torch.eye(11)[3] + 9 * torch.eye(11)[10])

        def forward(self, ink: torch.Tensor) -> torch.Tensor:
            return self.logits.expand(len(ink), 11)

    assert accuracy(AlwaysThree(), digits) == pytest.approx(0.1)


def test_presets_have_names_and_take_changes() -> None:
    assert preset("quick") == PRESETS["quick"]
    assert preset("quick", seed=7, loss=None).seed == 7
    with pytest.raises(SettingsError) as caught:
        preset("huge")
    assert (caught.value.message, caught.value.hint) == (
        "no preset of that name: huge",
        "one of: quick, full",
    )


def test_sgd_has_values_of_its_own_unless_told() -> None:
    assert preset("quick", optimizer="sgd").learning_rate == 0.05
    assert preset("quick", optimizer="sgd", learning_rate=0.2).learning_rate == 0.2
    assert preset("quick", optimizer="adamw") == PRESETS["quick"]


@pytest.mark.parametrize("pictures", [1, 32 * 5, 32 * 19])
def test_a_short_run_has_a_schedule_too(pictures: int) -> None:
    made = learner(replace(CONFIG, epochs=1, epoch_pictures=pictures))
    for _ in range(steps(made.config)):
        made.optimizer.step()
        made.schedule.step()


def test_unknown_values_are_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        preset("quick", architecture="huge")
    assert (caught.value.message, caught.value.hint) == (
        "no such architecture: huge",
        "one of: compact, dense, lenet, residual",
    )


def test_the_architectures_that_are_known_can_be_built() -> None:
    assert sorted(NETWORKS) == sorted(ARCHITECTURES)
    for build in NETWORKS.values():
        assert build().eval()(torch.zeros(3, 1, 28, 28)).shape == (3, 11)
    assert sum(each.numel() for each in Compact().parameters()) < 700_000
