"""``.wav``: samples of a sound as numbers from −1 to 1, at the rate that the file has.

The standard library's ``wave`` reads whole numbers only; floats and the extensible header, which
most programs write today, are read here.
"""

from __future__ import annotations

import numpy as np

from rnnviz.engine import Inputs
from rnnviz.readers.data.table import Choices, Data
from rnnviz.readers.messages import Note, Refused, note
from rnnviz.readers.span import Span

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_MOST_CHUNKS = 1_000


def read(content: bytes, name: str, choices: Choices) -> Data:
    """Read a sound: (timesteps, channels), or frames of samples as features."""
    chunks = _chunks(Span(content))
    if b"fmt " not in chunks or b"data" not in chunks:
        raise Refused("wav_damaged")
    form, data = chunks[b"fmt "], chunks[b"data"]
    kind, channels, rate = form.number(0, 2), form.number(2, 2), form.number(4, 4)
    bits = form.number(14, 2)
    if kind == _EXTENSIBLE:
        kind = form.number(24, 2)
    if not channels or not rate or bits % 8:
        raise Refused("wav_damaged")
    samples = _samples(data, kind, bits)
    whole = samples[: len(samples) // channels * channels].reshape(-1, channels)
    if not len(whole):
        raise Refused("no_numbers")
    notes: list[Note] = [note("sound", rate=f"{rate:,}", seconds=f"{len(whole) / rate:.2f}")]
    names = ("left", "right") if channels == 2 else ()
    if choices.frame > 1:
        whole, names = _framed(whole, choices.frame), ()
    return Data(Inputs(whole, feature_names=names, name=name), tuple(notes))


def _chunks(file: Span) -> dict[bytes, Span]:
    if bytes(file.at(0, 4)) != b"RIFF" or bytes(file.at(8, 4)) != b"WAVE":
        raise Refused("wav_damaged")
    found: dict[bytes, Span] = {}
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(file):
            break
        name, length = bytes(file.at(at, 4)), file.number(at + 4, 4)
        # A recording that was cut off still holds what was written.
        found.setdefault(name, file.part(at + 8, min(length, len(file) - at - 8)))
        at += 8 + length + length % 2
    return found


def _samples(data: Span, kind: int, bits: int) -> np.ndarray:
    size = bits // 8
    count = len(data) // size if size else 0
    if kind == _FLOAT and bits in (32, 64):
        return data.array(0, (count,), np.dtype(f"<f{size}")).astype(np.float32)
    if kind != _PCM or bits not in (8, 16, 24, 32):
        raise Refused("wav_kind", kind=kind, bits=bits)
    if bits == 8:
        return (data.array(0, (count,), np.dtype("u1")).astype(np.float32) - 128) / 128
    if bits == 24:
        # Three bytes become the upper three of four.
        wide = np.zeros((count, 4), np.uint8)
        wide[:, 1:] = data.array(0, (count, 3), np.dtype("u1"))
        return wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    return data.array(0, (count,), np.dtype(f"<i{size}")).astype(np.float32) / 2 ** (bits - 1)


def _framed(samples: np.ndarray, frame: int) -> np.ndarray:
    """Samples (time, channels) as frames (time // frame, frame · channels); a rest is dropped."""
    frames = len(samples) // frame
    if not frames:
        raise Refused("frame_too_long", frame=frame, samples=len(samples))
    return samples[: frames * frame].reshape(frames, -1)
