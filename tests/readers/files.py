"""Small files of every format, written byte by byte or by NumPy: no framework is needed."""

import copy
import io
import json
import pickle
import struct
import zipfile

import numpy as np


def arrays(seed=0, features=3, units=4, gates=4):
    """Keras's three arrays of one cell."""
    generator = np.random.default_rng(seed)
    shapes = (features, gates * units), (units, gates * units), (gates * units,)
    return [generator.normal(0, 0.4, shape).astype("<f4") for shape in shapes]


def npz(**named):
    file = io.BytesIO()
    np.savez(file, **named)
    return file.getvalue()


def zipped(entries, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def state(seed=0, features=3, units=4):
    """An LSTM's state_dict."""
    kernel, recurrent, bias = arrays(seed, features, units)
    return {
        "rnn.weight_ih_l0": kernel.T,
        "rnn.weight_hh_l0": recurrent.T,
        "rnn.bias_ih_l0": bias,
        "rnn.bias_hh_l0": bias[::-1],
    }


def safetensors(named, header=None):
    """Write a safetensors file; ``header`` replaces the true one."""
    places, buffer = {}, b""
    for name, array in named.items():
        content = np.ascontiguousarray(array).tobytes()
        places[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(buffer), len(buffer) + len(content)],
        }
        buffer += content
    text = json.dumps(places if header is None else header).encode()
    return struct.pack("<Q", len(text)) + text + buffer


class _Global:
    """Pickles as a reference to a function of another module, without importing it."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class _Call:
    def __init__(self, module, name, arguments):
        self.function, self.arguments = _Global(module, name), arguments


class _Pickler(pickle._Pickler):
    """Writes what torch.save writes, protocol 2, without PyTorch."""

    dispatch = pickle._Pickler.dispatch.copy()

    def persistent_id(self, value):
        return value.what if isinstance(value, _Persistent) else None

    def save_global_by_name(self, value):
        self.write(b"c" + f"{value.module}\n{value.name}\n".encode())

    def save_call(self, value):
        self.save_global_by_name(value.function)
        self.save(value.arguments)
        self.write(b"R")

    dispatch[_Global] = save_global_by_name
    dispatch[_Call] = save_call


class _Persistent:
    def __init__(self, *what):
        self.what = what


def tensor(key, shape, strides=None, offset=0, elements=None):
    """A description of a tensor as torch.save writes it."""
    count = int(np.prod(shape))
    plain = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    storage = _Persistent(
        "storage",
        _Global("torch", "FloatStorage"),
        key,
        "cpu",
        count if elements is None else elements,
    )
    arguments = (storage, offset, tuple(shape), tuple(strides or plain), False, {})
    return _Call("torch._utils", "_rebuild_tensor_v2", arguments)


def pickled(value):
    file = io.BytesIO()
    _Pickler(file, 2).dump(value)
    return file.getvalue()


def torch_file(named=None, value=None, data=None):
    """Write a ``.pt``; ``value`` replaces the state_dict that is pickled."""
    named = state() if named is None else named
    entries, described = {}, {}
    for number, (name, array) in enumerate(named.items()):
        described[name] = tensor(str(number), array.shape)
        entries[f"model/data/{number}"] = np.ascontiguousarray(array, "<f4").tobytes()
    entries.update(data or {})
    content = pickled(described if value is None else value)
    return zipped({"model/data.pkl": content, "model/byteorder": b"little", **entries})


# --- protocol buffers ---------------------------------------------------------------------------


def varint(value):
    value &= 2**64 - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def onnx_tensor(name, array, **changes):
    dims = changes.get("dims", array.shape)
    content = b"".join(field(1, int(one)) for one in dims) + field(2, 1) + field(8, name)
    return content + changes.get("instead", field(9, np.ascontiguousarray(array).tobytes()))


def onnx(numbers=None, **changes):
    """Write a model with one LSTM node."""
    kernel, recurrent, bias = numbers or arrays()
    both = np.concatenate([bias, bias])
    tensors = {"W": kernel.T[None], "R": recurrent.T[None], "B": both[None]}
    initial = b"".join(
        field(5, onnx_tensor(name, array, **(changes if name == changes.get("of") else {})))
        for name, array in tensors.items()
    )
    inputs = b"".join(field(1, name) for name in ("X", "W", "R", "B"))
    node = inputs + field(2, "Y") + field(3, "lstm") + field(4, "LSTM")
    return field(1, 8) + field(7, field(1, node) + initial)


# --- HDF5 ---------------------------------------------------------------------------------------


class Hdf5:
    """Writes HDF5 of superblock 2 with compact links: as little as a reader must understand."""

    def __init__(self):
        self.content = bytearray(48)

    def add(self, block):
        place = len(self.content)
        self.content += block
        return place

    def header(self, *messages):
        body = b"".join(struct.pack("<BHB", kind, len(m), 0) + m for kind, m in messages)
        return self.add(b"OHDR" + bytes([2, 2]) + struct.pack("<I", len(body)) + body + bytes(4))

    def dataset(self, array, shape=None, layout=None, extra=()):
        shape = array.shape if shape is None else shape
        place = self.add(np.ascontiguousarray(array, "<f4").tobytes())
        space = bytes([2, len(shape), 0, 1]) + b"".join(struct.pack("<Q", n) for n in shape)
        float32 = bytes([0x11, 0x20, 31, 0]) + struct.pack("<IHHBBBBI", 4, 0, 32, 23, 8, 0, 23, 127)
        layout = layout or bytes([3, 1]) + struct.pack("<QQ", place, array.size * 4)
        return self.header((1, space), (3, float32), (8, layout), *extra)

    def group(self, children, attributes=(), links=()):
        messages = [(6, self.link(name, address)) for name, address in children.items()]
        return self.header(*messages, *((6, link) for link in links), *attributes)

    @staticmethod
    def link(name, address):
        return bytes([1, 0, len(name)]) + name.encode() + struct.pack("<Q", address)

    @staticmethod
    def external_link(name, file, path):
        value = b"\0" + file.encode() + b"\0" + path.encode() + b"\0"
        content = bytes([1, 8, 64, len(name)]) + name.encode()
        return content + struct.pack("<H", len(value)) + value

    @staticmethod
    def soft_link(name, path):
        content = bytes([1, 8, 1, len(name)]) + name.encode()
        return content + struct.pack("<H", len(path)) + path.encode()

    @staticmethod
    def text(name, value):
        """An attribute that holds one fixed string."""
        name, value = name.encode() + b"\0", value.encode()
        kind = bytes([0x13, 0, 0, 0]) + struct.pack("<I", len(value))
        space = bytes([2, 0, 0, 0])
        sizes = struct.pack("<HHH", len(name), len(kind), len(space))
        return 12, bytes([3, 0]) + sizes + b"\0" + name + kind + space + value

    def file(self, root):
        self.content[:48] = (
            b"\x89HDF\r\n\x1a\n"
            + bytes([2, 8, 8, 0])
            + struct.pack("<QQQQI", 0, 2**64 - 1, len(self.content), root, 0)
        )
        return bytes(self.content)


def weights_h5(dataset=None, links=(), children=None, numbers=None):
    """A ``.weights.h5`` with one LSTM; ``dataset`` makes its kernel."""
    file = Hdf5()
    kernel, recurrent, bias = numbers or arrays()
    first = dataset(file, kernel) if dataset else file.dataset(kernel)
    variables = {"0": first, "1": file.dataset(recurrent), "2": file.dataset(bias)}
    cell = file.group({"vars": file.group(variables, links=links)})
    layers = file.group({"lstm": file.group({"cell": cell}), **(children or {})})
    return file.file(file.group({"layers": layers}))


CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "sequential",
        "layers": [
            {
                "class_name": "LSTM",
                "config": {
                    "name": "lstm",
                    "units": 4,
                    "activation": "tanh",
                    "recurrent_activation": "sigmoid",
                    "return_sequences": True,
                },
            }
        ],
    },
}


def keras(config=None, weights=None, method=zipfile.ZIP_STORED, **more):
    text = json.dumps(CONFIG if config is None else config)
    metadata = json.dumps({"keras_version": "3.10.0"})
    entries = {"metadata.json": metadata, "config.json": text}
    entries["model.weights.h5"] = weights_h5() if weights is None else weights
    return zipped({**entries, **more}, method)


def config_of(units):
    """Say that there is one LSTM of so many units."""
    config = copy.deepcopy(CONFIG)
    config["config"]["layers"][0]["config"]["units"] = units
    return config


def legacy_h5(config=None, numbers=None):
    """A whole model in HDF5, as Keras 2 wrote it."""
    file = Hdf5()
    names = ("kernel:0", "recurrent_kernel:0", "bias:0")
    datasets = {n: file.dataset(a) for n, a in zip(names, numbers or arrays(), strict=True)}
    paths = [f"lstm/{name}" for name in names]
    layer = file.group({"lstm": file.group(datasets)}, [_texts("weight_names", paths)])
    weights = file.group({"lstm": layer}, [_texts("layer_names", ["lstm"])])
    text = json.dumps(CONFIG if config is None else config)
    attributes = [Hdf5.text("keras_version", "2.4.0"), Hdf5.text("model_config", text)]
    return file.file(file.group({"model_weights": weights}, attributes))


def _texts(name, values):
    name, size = name.encode() + b"\0", max(map(len, values))
    kind = bytes([0x13, 0, 0, 0]) + struct.pack("<I", size)
    space = bytes([2, 1, 0, 1]) + struct.pack("<Q", len(values))
    content = b"".join(value.encode().ljust(size, b"\0") for value in values)
    sizes = struct.pack("<HHH", len(name), len(kind), len(space))
    return 12, bytes([3, 0]) + sizes + b"\0" + name + kind + space + content


def whole_files():
    """One good file of every kind, by its name."""
    kernel, recurrent, bias = arrays()
    return {
        "model.keras": keras(),
        "packed.keras": keras(method=zipfile.ZIP_DEFLATED),
        "model.weights.h5": weights_h5(),
        "model.h5": legacy_h5(),
        "model.pt": torch_file(),
        "model.safetensors": safetensors(state()),
        "model.onnx": onnx(),
        "keras.npz": npz(kernel=kernel, recurrent_kernel=recurrent, bias=bias),
        "torch.npz": npz(**state()),
    }


def wav(samples, kind, bits, channels=1, rate=8000):
    head = struct.pack("<HHIIHH", kind, channels, rate, 0, channels * bits // 8, bits)
    body = b"fmt " + struct.pack("<I", len(head)) + head + b"LIST" + struct.pack("<I", 1) + b"x\0"
    body += b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def whole_data():
    """One good file of data of every kind that is read in this process, by its name."""
    generator = np.random.default_rng(0)
    numbers, sound = io.BytesIO(), generator.integers(-99, 99, 400).astype("<i2")
    np.save(numbers, generator.normal(size=(3, 20, 2)))
    rows = ["time,speed,who", *(f"{t},{t / 7:.3f},{'ab'[t // 20]}" for t in range(40)), "40,,b"]
    return {
        "data.npy": numbers.getvalue(),
        "data.csv": "\n".join(rows).encode(),
        "plain.csv": "\n".join(f"{t},{t * t}" for t in range(60)).encode(),
        "data.txt": "은닉 상태 to be or not to be\n".encode() * 9,
        "data.wav": wav(sound.tobytes(), 1, 16),
    }


def tables():
    """A few good Parquet files by name; pyarrow writes them."""
    import pyarrow
    import pyarrow.parquet

    numbers = np.random.default_rng(0).normal(size=400)
    words = ["low", "high", None, "은닉"] * 100
    columns = {"x": numbers, "n": np.arange(400), "who": words, "on": [True, False] * 200}
    table, whole = pyarrow.table(columns), {}
    for name, how in {
        "plain": {"use_dictionary": False, "compression": "none"},
        "usual": {},
        "groups": {"row_group_size": 50, "compression": "zstd"},
        "pages": {"data_page_version": "2.0", "compression": "gzip"},
    }.items():
        file = io.BytesIO()
        pyarrow.parquet.write_table(table, file, **how)
        whole[name] = file.getvalue()
    return whole
