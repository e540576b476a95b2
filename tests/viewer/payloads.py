"""An independent reader of the viewer's payloads, written from their description."""

import json
import struct

import numpy as np

TYPES = {"u1": np.uint8, "f4": np.float32, "f8": np.float64}


def read(data):
    """Return the header and the arrays of a payload."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[24 : 24 + length])
    body = data[24 + length :]
    arrays = []
    for place in header["arrays"]:
        dtype = np.dtype(TYPES[place["type"]])
        assert place["offset"] % 8 == 0
        arrays.append(np.frombuffer(body, dtype, place["length"], place["offset"]))
    return header, arrays


def cursor(data):
    """Return timestep and unit."""
    return struct.unpack_from("<ii", data, 8)


def arrival(data):
    """Return the number of the arrival."""
    return struct.unpack_from("<I", data, 16)[0]


def checksum(data):
    """Return the checksum."""
    return struct.unpack_from("<I", data, 4)[0]
