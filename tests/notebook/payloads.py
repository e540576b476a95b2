"""Reads what the browser gets: the header and the arrays of a payload."""

import json
import struct

import numpy as np

PREFIX = 24


def header_of(payload: bytes) -> dict:
    """The header, its arrays put in the places of their numbers."""
    length, _, timestep, unit = struct.unpack_from("<IIii", payload)
    header = json.loads(payload[PREFIX : PREFIX + length])
    return header | {"cursor": (timestep, unit), "body": payload[PREFIX + length :]}


def array_of(header: dict, number: int) -> np.ndarray:
    """One array of a payload by its number."""
    place = header["arrays"][number]
    return np.frombuffer(
        header["body"], dtype=f"<{place['type']}", count=place["length"], offset=place["offset"]
    )


def values_of(header: dict) -> np.ndarray:
    """The values of the first tile, where they travel as they are."""
    (tile,) = header["tiles"]
    return array_of(header, tile["values"]).reshape(tile["columns"], tile["rows"])
