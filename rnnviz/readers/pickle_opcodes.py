"""What a pickle of tensors says, told from its opcodes: nothing is imported, called or unpickled.

A pickle is a program for a small machine with a stack. This is that machine without its power to
call: the few functions that a state_dict names are answered by descriptions of what they would
have made, and every other function, class and opcode is refused by its name.

Source of the opcodes: Python's ``pickletools``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rnnviz.readers.messages import Refused
from rnnviz.readers.span import Span

_MOST_STEPS = 300_000
_MOST_PICKLE = 4 * 2**20


@dataclass(frozen=True)
class Storage:
    """A stretch of numbers that lies in an entry of its own."""

    type: str
    key: str
    elements: int


@dataclass(frozen=True)
class Tensor:
    """A tensor: how it lies in a storage. Offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class _Name:
    """A function or class that a pickle names."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


_MARK = object()
_STORAGES = (
    *("FloatStorage", "DoubleStorage", "HalfStorage", "BFloat16Storage", "LongStorage"),
    *("IntStorage", "ShortStorage", "CharStorage", "ByteStorage", "BoolStorage"),
)


def read_pickle(content: bytes | memoryview) -> Any:
    """Return what a pickle describes: dictionaries, lists, numbers, texts and `Tensor`.

    Raises
    ------
    Refused
        Where it is damaged or names anything but what a state_dict needs.
    """
    if len(content) > _MOST_PICKLE:
        raise Refused("entry_too_large", name="data.pkl", limit=f"{_MOST_PICKLE:,}")
    machine = _Machine(Span(content))
    try:
        return machine.run()
    except (IndexError, TypeError, ValueError, KeyError, struct.error, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("pickle_damaged") from error


class _Machine:
    def __init__(self, span: Span) -> None:
        self.span, self.at = span, 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(_MOST_STEPS):
            code = self._take(1)
            if code == b".":
                return self.stack.pop()
            step = _STEPS.get(code)
            if step is None:
                raise Refused("pickle_opcode", opcode=_NAMES.get(code, repr(code)))
            step(self)
        raise Refused("pickle_too_long")

    def _take(self, length: int) -> bytes:
        content = bytes(self.span.at(self.at, length))
        self.at += length
        return content

    def number(self, size: int, signed: bool = False) -> int:
        return int.from_bytes(self._take(size), "little", signed=signed)

    def text(self, size: int) -> None:
        self.stack.append(self._take(self.number(size)).decode("utf-8", "replace"))

    def line(self) -> str:
        rest = self.span.at(self.at, min(512, len(self.span) - self.at))
        line, found, _ = bytes(rest).partition(b"\n")
        if not found:
            raise Refused("pickle_damaged")
        self.at += len(line) + 1
        return line.decode("utf-8", "replace")

    def since_mark(self) -> list[Any]:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                found = self.stack[place + 1 :]
                del self.stack[place:]
                return found
        raise Refused("pickle_damaged")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pack(self, count: int) -> None:
        values = tuple(self.stack[len(self.stack) - count :])
        if len(values) != count:
            raise Refused("pickle_damaged")
        del self.stack[len(self.stack) - count :]
        self.push(values)

    def set_items(self, pairs: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise Refused("pickle_damaged")
        target.update(zip(pairs[::2], pairs[1::2], strict=True))

    def extend(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise Refused("pickle_damaged")
        target.extend(values)

    def named(self, module: Any, name: Any) -> None:
        found = _Name(str(module), str(name))
        if str(found) not in _ALLOWED:
            raise Refused("pickle_name", name=str(found))
        self.push(found)

    def call(self) -> None:
        """REDUCE: what a function would make of its arguments, described."""
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, _Name) or not isinstance(arguments, tuple):
            raise Refused("pickle_damaged")
        self.push(_called(str(function), arguments))

    def build(self) -> None:
        """BUILD: a state for an object; that of an OrderedDict holds versions of modules only."""
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, dict) or not isinstance(state, dict):
            raise Refused("pickle_opcode", opcode="BUILD")

    def persistent(self) -> None:
        """BINPERSID: ('storage', type, key, location, number of elements)."""
        what = self.stack.pop()
        if not (isinstance(what, tuple) and len(what) == 5 and what[0] == "storage"):
            raise Refused("pickle_damaged")
        _, type, key, _, elements = what
        if not isinstance(type, _Name) or type.name not in _STORAGES:
            raise Refused("pickle_name", name=str(type))
        if not isinstance(key, str) or not isinstance(elements, int) or elements < 0:
            raise Refused("pickle_damaged")
        self.push(Storage(type.name, key, elements))


def _called(name: str, arguments: tuple) -> Any:
    if name == "collections.OrderedDict" and arguments in ((), ([],)):
        return {}
    if name == "torch._utils._rebuild_tensor_v2" and len(arguments) >= 4:
        return _tensor(*arguments[:4])
    if name == "torch._utils._rebuild_parameter" and isinstance(arguments[0], Tensor):
        return arguments[0]
    raise Refused("pickle_name", name=name)


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any) -> Tensor:
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, Storage) or len(shape) != len(strides) or len(shape) > 8:
        raise Refused("pickle_damaged")
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in numbers):
        raise Refused("pickle_damaged")
    return Tensor(storage, offset, shape, strides)


_ALLOWED = {
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    *(f"torch.{name}" for name in _STORAGES),
    *(f"torch.storage.{name}" for name in _STORAGES),
}


def _memoize(machine: _Machine, key: int | None = None) -> None:
    machine.memo[len(machine.memo) if key is None else key] = machine.stack[-1]


def _set_item(machine: _Machine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    machine.set_items([key, value])


def _append(machine: _Machine) -> None:
    value = machine.stack.pop()
    machine.extend([value])


def _stack_global(machine: _Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.named(module, name)


_STEPS: dict[bytes, Callable[[_Machine], Any]] = {
    b"\x80": lambda m: m.number(1),
    b"\x95": lambda m: m.number(8),
    b"(": lambda m: m.push(_MARK),
    b"}": lambda m: m.push({}),
    b"]": lambda m: m.push([]),
    b")": lambda m: m.push(()),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"J": lambda m: m.push(m.number(4, signed=True)),
    b"K": lambda m: m.push(m.number(1)),
    b"M": lambda m: m.push(m.number(2)),
    b"\x8a": lambda m: m.push(m.number(min(m.number(1), 16), signed=True)),
    b"G": lambda m: m.push(struct.unpack(">d", m._take(8))[0]),
    b"X": lambda m: m.text(4),
    b"\x8c": lambda m: m.text(1),
    b"t": lambda m: m.push(tuple(m.since_mark())),
    b"\x85": lambda m: m.pack(1),
    b"\x86": lambda m: m.pack(2),
    b"\x87": lambda m: m.pack(3),
    b"u": lambda m: m.set_items(m.since_mark()),
    b"s": _set_item,
    b"e": lambda m: m.extend(m.since_mark()),
    b"a": _append,
    b"q": lambda m: _memoize(m, m.number(1)),
    b"r": lambda m: _memoize(m, m.number(4)),
    b"\x94": _memoize,
    b"h": lambda m: m.push(m.memo[m.number(1)]),
    b"j": lambda m: m.push(m.memo[m.number(4)]),
    b"c": lambda m: m.named(m.line(), m.line()),
    b"\x93": _stack_global,
    b"R": lambda m: m.call(),
    b"b": lambda m: m.build(),
    b"Q": lambda m: m.persistent(),
}
_NAMES = {
    b"i": "INST",
    b"o": "OBJ",
    b"\x81": "NEWOBJ",
    b"\x92": "NEWOBJ_EX",
    b"\x82": "EXT1",
    b"\x83": "EXT2",
    b"\x84": "EXT4",
    b"P": "PERSID",
    b"\x97": "NEXT_BUFFER",
    b"\x98": "READONLY_BUFFER",
}
"""Opcodes that make objects in other ways; every one that is not in the table is refused."""
