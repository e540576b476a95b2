"""What all layers ask of their weight arrays: one dtype, fitting shapes, nobody writing to them."""

import numpy as np


def frozen_arrays(**arrays: np.ndarray) -> dict[str, np.ndarray]:
    """Copy arrays to C order and one dtype, read-only.

    float32 where every array is float32, else float64. ValueError where something is not numeric.
    """
    given = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in given.items():
        if array.dtype.kind not in "fiub":
            raise ValueError(f"{name} must hold real numbers, but its dtype is {array.dtype}.")
    single = all(array.dtype == np.float32 for array in given.values())
    dtype = np.float32 if single else np.float64
    return {name: read_only(np.array(array, dtype, order="C")) for name, array in given.items()}


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, no longer writeable."""
    array.setflags(write=False)
    return array


def check_kernels(kernel: np.ndarray, recurrent_kernel: np.ndarray, gates: int) -> None:
    """Check Keras's layout: (features, gates·units) and (units, gates·units), both ± networks."""
    if kernel.ndim not in (2, 3) or recurrent_kernel.ndim != kernel.ndim:
        raise ValueError(
            "kernel and recurrent_kernel must both be matrices, or both stacks of matrices with "
            f"one leading axis, but their shapes are {kernel.shape} and {recurrent_kernel.shape}."
        )
    units = recurrent_kernel.shape[-2]
    wanted = (*kernel.shape[:-2], units, gates * units)
    if recurrent_kernel.shape != wanted or min(recurrent_kernel.shape) < 1:
        raise ValueError(
            f"recurrent_kernel has shape {recurrent_kernel.shape}, but with {units} units and the "
            f"leading axes of kernel {kernel.shape} it must be {wanted}."
        )
    if kernel.shape[-1] != gates * units or min(kernel.shape) < 1:
        raise ValueError(
            f"kernel has shape {kernel.shape}, but recurrent_kernel {recurrent_kernel.shape} has "
            f"{units} units, so the last axis of kernel must be {gates * units}."
        )


def check_bias(
    bias: np.ndarray, leading: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]
) -> None:
    """Check that the bias has one of the shapes, behind the leading axes."""
    wanted = [(*leading, *shape) for shape in shapes]
    if bias.shape not in wanted:
        allowed = " or ".join(map(str, wanted))
        raise ValueError(f"bias has shape {bias.shape}, but the kernels need {allowed}.")
