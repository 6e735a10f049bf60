"""The weights of a network that was trained before → one that learns further.

They were kept as trained, or are those of an export. An export has its batch norms folded into the
convolutions before them. Here they are taken apart again: each convolution is given an output of
unit variance, and the norm after it what is left.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from itertools import pairwise
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from inkread.errors import DataError


def load(network: nn.Module, path: Path, examples: Callable[[], Tensor]) -> None:
    """Give a network the weights of a file.

    Args:
        network: of digits, pages, signs or lines; it is left in evaluation mode.
        path: of such a network: its weights as trained (`.pt`), or, where norms follow nothing but
            convolutions, its export (`.onnx`).
        examples: returns a batch like those it was trained on, of which exports need one.

    Raises:
        DataError: the file is missing, damaged or of another network.
    """
    if not path.is_file():
        raise DataError(f"no such file: {path}")
    if path.suffix == ".onnx":
        _restore(network, path, examples())
        return
    _load_trained(network, path)


def average(network: nn.Module, others: Sequence[Path]) -> None:
    """Give a network the mean of its weights and those of others that began where it did.

    From there each learned another way to be right; their mean is surer of what all of them are.

    Args:
        network: of digits, pages, signs or lines; it is left in evaluation mode.
        others: files of such networks' weights as trained (`.pt`).

    Raises:
        DataError: a file is missing, damaged or of another network.

    Source:
        Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves
        accuracy without increasing inference time", 2022.
    """
    every = [network.state_dict()]
    for path in others:
        other = deepcopy(network)
        _load_trained(other, path)
        every.append(other.state_dict())
    network.load_state_dict(mean(every))
    network.eval()


def mean(every: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of several networks' weights, by name; what is counted is the first's."""
    return {
        name: torch.stack([each[name] for each in every]).mean(dim=0)
        if first.is_floating_point()
        else first
        for name, first in every[0].items()
    }


def _load_trained(network: nn.Module, path: Path) -> None:
    """Give a network weights as they were trained.

    Raises:
        DataError: the file is missing, damaged or of another network.
    """
    if not path.is_file():
        raise DataError(f"no such file: {path}")
    try:
        network.load_state_dict(torch.load(path, weights_only=True))
    except Exception as error:  # torch raises whatever a damaged file makes it raise
        raise _no_such_network(path) from error
    network.eval()


def _restore(network: nn.Module, path: Path, examples: Tensor) -> None:
    """Give a network the weights of its export, as far as the bits stored there tell them."""
    try:
        exported, normalised = _weights(path), list(_normalised(network))
        made_up = {each for _, _, norm in normalised for each in norm.parameters()}
        for name, weights in network.named_parameters():
            if weights not in made_up:
                weights.data.copy_(exported[name])
        norms = [
            (convolution, norm, exported[f"{name}.weight_bias"])
            for name, convolution, norm in normalised
        ]
    except Exception as error:  # onnx and torch raise whatever a damaged file makes them raise
        raise _no_such_network(path) from error
    hooks = [
        norm.register_forward_pre_hook(partial(_take_apart, convolution, bias))
        for convolution, norm, bias in norms
    ]
    with torch.no_grad():
        network.eval()(examples)
    for hook in hooks:
        hook.remove()


def _no_such_network(path: Path) -> DataError:
    return DataError(
        f"damaged, or not of the architecture that is trained: {path}",
        hint="take its weights as trained (.pt), or its export (.onnx) without dense norms",
    )


def _weights(path: Path) -> dict[str, Tensor]:
    """Return the weights in an ONNX file by the names that they had in PyTorch."""
    stored = {
        each.name.removeprefix("network."): torch.from_numpy(numpy_helper.to_array(each).copy())
        for each in onnx.load(path).graph.initializer
    }
    weights = {}
    for name, values in stored.items():
        own = name.removesuffix("_quantized")
        scale = stored.get(f"{own}_scale", stored.get(f"{name}_scale"))
        if scale is not None:  # of 8 bits, or of 32 for what is added; their zero is 0
            weights[own] = values * scale.reshape(-1, *[1] * (values.ndim - 1))
        else:
            weights[own] = values.float()
    return weights


def _take_apart(
    convolution: nn.Conv2d, bias: Tensor, norm: nn.BatchNorm2d, inputs: tuple[Tensor]
) -> Tensor:
    """Give a convolution an output of unit variance; the norm makes up for that, and adds."""
    output = inputs[0]
    deviation, mean = torch.std_mean(output, dim=(0, 2, 3))
    deviation += 1e-5
    convolution.weight /= deviation[:, None, None, None]
    norm.weight.copy_(deviation * (1 + norm.eps) ** 0.5)
    norm.bias.copy_(bias + mean)
    norm.load_state_dict(
        {"running_mean": mean / deviation, "running_var": torch.ones_like(mean)}, strict=False
    )
    return output / deviation[:, None, None]


def _normalised(network: nn.Module) -> Iterator[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """Yield each convolution that a norm follows, by name."""
    for name, module in network.named_modules():
        parts = module.named_children() if isinstance(module, nn.Sequential) else ()
        for (own, first), (_, second) in pairwise(parts):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                yield f"{name}.{own}", first, second
