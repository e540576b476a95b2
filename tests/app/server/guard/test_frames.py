"""Frame headers, held against the library that the server itself reads frames with."""

import random

import pytest
from websockets.frames import Frame as Real
from websockets.frames import Opcode

from rnnviz.app.server.guard.frames import FrameReader


def written(opcode, payload, last=True):
    return Real(opcode, payload, fin=last).serialize(mask=True)


def in_pieces(data, chance):
    while data:
        size = chance.choice((1, 2, 3, 7, 1000))
        yield data[:size]
        data = data[size:]


@pytest.mark.parametrize("seed", range(20))
def test_frames_are_seen_as_the_library_wrote_them_however_they_arrive(seed):
    chance = random.Random(seed)
    whole, expected, message = b"", [], 0
    for _ in range(30):
        if chance.random() < 0.3:
            payload = bytes(chance.randrange(126))
            whole += written(chance.choice((Opcode.PING, Opcode.PONG)), payload)
            expected.append((True, message + len(payload)))
            continue
        payload = bytes(chance.choice((0, 1, 125, 126, 70_000)))
        last = chance.random() < 0.5
        opcode = Opcode.CONT if message else Opcode.BINARY
        whole += written(opcode, payload, last)
        message += len(payload)
        expected.append((False, message))
        message = 0 if last else message
    reader = FrameReader()
    found = []
    for piece in in_pieces(whole, chance):
        found += [(frame.control, frame.message) for frame in reader.read(piece)]
    assert found == expected
    assert reader.unfinished == message


def test_a_length_is_known_before_anything_of_it_arrives():
    head = bytes([0x82, 0xFF]) + (15 * 10**6).to_bytes(8, "big") + bytes(4)
    (frame,) = FrameReader().read(head)
    assert frame.message == 15 * 10**6


def test_what_has_arrived_of_a_message_is_counted_until_its_end():
    reader = FrameReader()
    half = written(Opcode.BINARY, bytes(100))[:-40]
    list(reader.read(half))
    assert reader.unfinished == 60
    list(reader.read(bytes(40)))
    assert reader.unfinished == 0
