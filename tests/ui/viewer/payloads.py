"""An independent reader of the viewer's payloads, written from their description."""

import json
import struct

import numpy as np

TYPES = {"u1": np.uint8, "f4": np.float32, "f8": np.float64}


def read(data):
    """Return the header and the arrays of a payload."""
    length, _, _, _ = struct.unpack_from("<IIii", data)
    header = json.loads(data[16 : 16 + length])
    body = data[16 + length :]
    arrays = []
    for place in header["arrays"]:
        dtype = np.dtype(TYPES[place["type"]])
        assert place["offset"] % 8 == 0
        arrays.append(np.frombuffer(body, dtype, place["length"], place["offset"]))
    return header, arrays


def cursor(data):
    """Return timestep and unit."""
    return struct.unpack_from("<ii", data, 8)


def checksum(data):
    """Return the checksum."""
    return struct.unpack_from("<I", data, 4)[0]
