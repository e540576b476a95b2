"""Damaged and hostile files of every format, drawn from a seed."""

import io
import random
import struct
import zipfile

from tests.readers import files

ENDINGS = ("keras", "h5", "weights.h5", "pt", "pth", "safetensors", "onnx", "npz", "bin")


def damaged_files(seed, count):
    """Yield (name, content): good files that were cut, flipped, spliced, and filled with lies."""
    whole = files.whole_files() | files.whole_data()
    source = random.Random(seed)
    for number in range(count):
        name = source.choice(list(whole))
        content = whole[name]
        # Half of the archives are damaged inside of an entry, so that their checksums hold.
        inside = content[:2] == b"PK" and source.random() < 0.5
        content = _inside(content, source, whole) if inside else _damaged(content, source, whole)
        if source.random() < 0.1:
            name = f"file.{source.choice(ENDINGS)}"
        yield f"{number}-{name}", content


def damaged_tables(seed, count):
    """Yield Parquet files that are damaged between the marks at their ends."""
    whole = files.tables()
    source = random.Random(seed)
    for _ in range(count):
        content = source.choice(list(whole.values()))
        damaged = _damaged(content[4:-4], source, whole)
        yield content[:4] + damaged + content[-4:]


def _damaged(content, source, whole):
    content = bytearray(content)
    for _ in range(source.choice((1, 1, 1, 2, 3, 8))):
        _WAYS[source.randrange(len(_WAYS))](content, source, whole)
    return bytes(content)


def _inside(content, source, whole):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name = source.choice(list(entries))
    entries[name] = _damaged(entries[name], source, whole)
    return files.zipped(entries, source.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _cut(content, source, _):
    del content[source.randrange(len(content) + 1) :]


def _flip(content, source, _):
    for _ in range(source.choice((1, 2, 5, 50))):
        if content:
            content[source.randrange(len(content))] ^= 1 << source.randrange(8)


def _huge(content, source, _):
    """Write a huge or a special number somewhere: counts, lengths, offsets, shapes."""
    size = source.choice((2, 4, 8))
    value = source.choice((0, 1, 255, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1))
    if len(content) > size:
        place = source.randrange(len(content) - size)
        content[place : place + size] = struct.pack("<Q", value)[:size]


def _repeat(content, source, _):
    if content:
        start = source.randrange(len(content))
        piece = bytes(content[start : start + source.randrange(1, 200)])
        content[start:start] = piece * source.choice((1, 3, 20))


def _splice(content, source, whole):
    other = whole[source.choice(list(whole))]
    start, place = source.randrange(len(other)), source.randrange(len(content) + 1)
    content[place:place] = other[start : start + source.randrange(1, 400)]


def _text(content, source, _):
    """Change a digit or a name where there is text: shapes and class names in JSON."""
    marks = [i for i, byte in enumerate(content) if 48 <= byte <= 57]
    if marks:
        place = source.choice(marks)
        content[place : place + 1] = source.choice((b"9" * 18, b"-1", b"1e999", b'"x"', b"null"))


def _zeros(content, source, _):
    if content:
        place = source.randrange(len(content))
        content[place : place + source.randrange(1, 64)] = b"\0" * source.randrange(1, 64)


_WAYS = (_cut, _flip, _flip, _huge, _huge, _repeat, _splice, _text, _zeros)
