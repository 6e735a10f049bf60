"""Networks that were trained before → networks that learn further."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from inkread.errors import DataError
from inkread.training import finish
from inkread.training.export import Calibrated, export_onnx
from inkread.training.networks import Compact, Residual
from inkread.training.pages.export import export_page
from inkread.training.pages.network import PageNet, SignNet
from inkread.training.restore import average, load

SHOWN = torch.rand(64, 1, 28, 28, generator=torch.Generator().manual_seed(1))
LOOKS = torch.rand(64, 3, 28, 28, generator=torch.Generator().manual_seed(3))
PAGES = torch.rand(4, 1, 64, 96, generator=torch.Generator().manual_seed(2))


def trained(network: nn.Module, examples: Tensor) -> nn.Module:
    """Let a network learn anything, so that its norms are not what they began with."""
    torch.manual_seed(0)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(12):
        loss = network(examples).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


def signs() -> nn.Module:
    return SignNet(Compact())


def export_signs(network: nn.Module, path: Path) -> None:
    finish.export(network, LOOKS.numpy(), path)


def export_digits(network: nn.Module, path: Path) -> None:
    finish.export(Calibrated(network, 1.3, 0.4).eval(), SHOWN[:, 0].numpy(), path)


def export_pages(network: nn.Module, path: Path) -> None:
    export_page(network, (PAGES[:, 0] * 255).byte().numpy(), path)


@pytest.mark.parametrize(
    ("kind", "examples", "export", "within"),
    [
        (PageNet, PAGES, export_pages, 0.1),
        (Compact, SHOWN, export_digits, 0.1),
        (signs, LOOKS, export_signs, 0.1),
    ],
)
def test_a_network_is_taken_out_of_its_file_to_learn_further(
    kind: Callable[[], nn.Module],
    examples: Tensor,
    export: Callable[[nn.Module, Path], None],
    within: float,
    tmp_path: Path,
) -> None:
    network, again = trained(kind(), examples), kind()
    export(network, tmp_path / "some.onnx")
    torch.save(network.state_dict(), tmp_path / "some.pt")
    kept = kind()
    for each in (kept, again):
        load(each, tmp_path / "some.pt", lambda: examples)
    load(again, tmp_path / "some.onnx", lambda: examples)  # whatever its norms were before
    with torch.inference_mode():
        exact, same, as_it_was = (each(examples).numpy() for each in (network, again, kept))
        for each in again.modules():
            each.train(not isinstance(each, nn.Dropout))
        normalised = again(examples).numpy()  # by this batch, as it was restored
    spread = float(np.std(exact))
    assert np.array_equal(as_it_was, exact)
    assert same == pytest.approx(exact, abs=within * max(spread, 1))
    for each in (same, normalised):
        assert np.abs(each - exact).mean() < 0.2 * spread


def test_the_mean_of_networks_has_the_mean_of_their_weights_and_norms(tmp_path: Path) -> None:
    network, *others = (trained(Compact(), SHOWN + shade) for shade in (0, 0.5, 1))
    files = [tmp_path / f"{index}.pt" for index in range(len(others))]
    for other, file in zip(others, files, strict=True):
        torch.save(other.state_dict(), file)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    average(network, files)
    for name, mean in network.state_dict().items():
        every = [before[name], *(other.state_dict()[name] for other in others)]
        wanted = torch.stack(every).mean(dim=0) if mean.is_floating_point() else before[name]
        assert torch.allclose(mean, wanted), name
    average(network, ())
    assert torch.equal(mean, network.state_dict()[name])
    with pytest.raises(DataError, match=r"not of the architecture .+0\.pt"):
        average(Residual(), files)


def test_an_export_has_no_step_that_only_finds_out_a_shape(tmp_path: Path) -> None:
    """Trained as it is, with channels last, a pooling became ten of them."""
    network = Compact().eval()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # in 2.13
    export_onnx(network, tmp_path / "some.onnx")
    kinds = [node.op_type for node in onnx.load(tmp_path / "some.onnx").graph.node]
    assert kinds == ["Conv", "Relu"] * 7 + ["ReduceMean", "Reshape", "Gemm"]


def test_what_is_no_such_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "digit.pt").write_bytes(b"nothing")
    (tmp_path / "digit.onnx").write_bytes(b"nothing")
    for name, message in (
        ("digit", "damaged, or not of the architecture"),
        ("none", "no such file"),
    ):
        for kind in (".pt", ".onnx"):
            with pytest.raises(DataError, match=f"{message}.*{name}{kind}"):
                load(Compact(), tmp_path / f"{name}{kind}", lambda: SHOWN)
    export_digits(trained(Compact(), SHOWN), tmp_path / "digit.onnx")
    with pytest.raises(DataError, match="not of the architecture"):
        load(Residual(), tmp_path / "digit.onnx", lambda: SHOWN)
