"""An exported network → one that learns further.

An export has its batch norms folded into the convolutions before them. Here they are taken apart
again: each convolution is given an output of unit variance, and the norm after it what is left.
"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from inkread.errors import DataError


def restore(network: nn.Module, path: Path, examples: Tensor) -> None:
    """Give a network the weights of its export.

    Args:
        network: a page or a line network; it is left in evaluation mode.
        path: the file that `export_page` or `export_line` wrote of such a network.
        examples: a batch like those it was trained on; it sets the variances.

    Raises:
        DataError: the file is missing or of another network.
    """
    try:
        exported = {
            each.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(each).copy())
            for each in onnx.load(path).graph.initializer
        }
        for name, weights in network.named_parameters():
            if name in exported:  # but for those of norms
                weights.data.copy_(exported[name])
        norms = [
            (convolution, norm, exported[f"{name}.weight_bias"])
            for name, convolution, norm in _normalised(network)
        ]
    except Exception as error:  # onnx and torch raise whatever a damaged file makes them raise
        raise DataError(f"needs an exported network to train further: {path}") from error
    hooks = [
        norm.register_forward_pre_hook(partial(_take_apart, convolution, bias))
        for convolution, norm, bias in norms
    ]
    with torch.no_grad():
        network.eval()(examples)
    for hook in hooks:
        hook.remove()


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
    norm.load_state_dict({"running_mean": mean / deviation}, strict=False)
    return output / deviation[:, None, None]


def _normalised(network: nn.Module) -> Iterator[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """Yield each convolution that a norm follows, by name."""
    for name, module in network.named_modules():
        parts = module.named_children() if isinstance(module, nn.Sequential) else ()
        for (own, first), (_, second) in pairwise(parts):
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                yield f"{name}.{own}", first, second
