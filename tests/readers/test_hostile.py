"""Files from strangers: nothing runs, no other file is read, time and memory are bounded.

Each attack that was published against a reader of such files is a file made here. The long run of
ten thousand is ``python -m tests.benchmarks.hostile_files``.
"""

import json
import pickle
import struct
import zipfile
import zlib

import numpy as np
import pytest

from rnnviz.readers import Refused, read_network
from tests.readers import files
from tests.readers.damage import damaged_files
from tests.readers.files import Hdf5
from tests.readers.guarded import outcome, refused_as, warm_up

CODE = "4wAAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAJcAdAEAAAAAAA=="


@pytest.fixture(autouse=True, scope="module")
def _warm():
    warm_up(files.whole_files() | files.whole_data())


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_end_in_a_sentence(seed):
    ends = [outcome(content, name) for name, content in damaged_files(seed, 100)]
    assert len(set(ends)) > 5, "they should fail in many ways"


# --- code in a configuration: CVE-2024-3660, CVE-2025-1550, and CVE-2025-9905 for old .h5 files ---


def _config_with(layer):
    config = json.loads(json.dumps(files.CONFIG))
    config["config"]["layers"].append(layer)
    return config


LAMBDA = {
    "class_name": "Lambda",
    "config": {"name": "run", "function": [CODE, None, None], "function_type": "lambda"},
}
CALL = {
    "module": "os",
    "class_name": "system",
    "config": {"name": "run", "command": "touch pwned"},
    "registered_name": "system",
}


@pytest.mark.parametrize("layer", [LAMBDA, CALL])
@pytest.mark.parametrize("make", [files.keras, files.legacy_h5])
def test_layers_that_carry_code_are_named_and_left_out(layer, make):
    content = make(_config_with(layer))
    assert outcome(content, "a.keras") == "read"
    notes = read_network(content, "a.keras").notes
    assert f"run ({'os.system' if layer is CALL else 'Lambda'})" in notes[-1].sentence()


def test_an_activation_that_is_code_is_not_understood():
    config = json.loads(json.dumps(files.CONFIG))
    config["config"]["layers"][0]["config"]["activation"] = {
        "class_name": "function",
        "module": "os",
        "config": "system",
    }
    refused_as(files.keras(config), "a.keras", "nothing_understood")


def test_a_model_of_a_class_of_its_own():
    config = {"module": "os", "class_name": "popen", "config": {"layers": []}}
    refused_as(files.keras(config), "a.keras", "keras_subclass")


# --- HDF5: other files (CVE-2026-1669), claimed shapes (CVE-2026-0897), circles -------------------


def _external(file, array):
    """A dataset whose numbers are in /etc/passwd."""
    heap = file.add(b"HEAP" + bytes(4) + struct.pack("<QQQ", 16, 0, 0) + b"/etc/passwd\0")
    slot = struct.pack("<QQQ", 0, 0, array.size * 4)
    message = bytes([1, 0, 0, 0]) + struct.pack("<HHQ", 1, 1, heap) + slot
    return file.dataset(array, extra=[(7, message)])


def _virtual(file, array):
    return file.dataset(array, layout=bytes([4, 3]) + struct.pack("<QI", 0, 0))


def _claims(shape):
    return lambda file, array: file.dataset(array, shape=shape)


def _unwritten(file, array):
    nothing = bytes([3, 1]) + struct.pack("<QQ", 2**64 - 1, 2**40)
    return file.dataset(array, shape=(2**10, 2**12), layout=nothing)


def _chunk_bomb(file, array):
    packed = zlib.compress(bytes(2**24))
    place = file.add(packed)
    key = struct.pack("<II", len(packed), 0) + struct.pack("<3Q", 0, 0, 0)
    undefined = struct.pack("<QQ", 2**64 - 1, 2**64 - 1)
    tree = file.add(
        b"TREE" + bytes([1, 0, 1, 0]) + undefined + key + struct.pack("<Q", place) + key
    )
    layout = bytes([3, 2, 3]) + struct.pack("<QIII", tree, 2**11, 2**11, 4)
    pipeline = bytes([2, 1]) + struct.pack("<HHHI", 1, 0, 1, 9)
    return file.dataset(array, shape=(2**11, 2**11), layout=layout, extra=[(11, pipeline)])


@pytest.mark.parametrize(
    ("dataset", "key"),
    [
        (_external, "hdf5_external_storage"),
        (_virtual, "hdf5_virtual"),
        (_claims((2**40, 2**20)), "shape_bomb"),
        (_claims((2**62, 2**62, 2**62)), "shape_bomb"),
        (_claims((0, 16)), "layer_does_not_fit"),
        (_claims((1000, 16)), "cut_short"),
        (_unwritten, "shape_bomb"),
        (_chunk_bomb, "shape_bomb"),
    ],
)
def test_hostile_datasets(dataset, key):
    content = files.weights_h5(dataset)
    refused_as(content, "a.weights.h5", key)
    refused_as(files.keras(weights=content), "a.keras", key)


def test_links_out_of_the_file_are_never_followed():
    external = Hdf5.external_link("0x", "/etc/passwd", "/")
    refused_as(files.weights_h5(links=[external]), "a.weights.h5", "hdf5_link")
    soft = Hdf5.soft_link("0x", "/layers")
    refused_as(files.weights_h5(links=[soft]), "a.weights.h5", "hdf5_link")


def test_groups_that_lead_back_to_themselves():
    file = Hdf5()
    place = len(file.content)
    root = file.group({"layers": place})
    assert root == place
    refused_as(file.file(root), "a.h5", "hdf5_circle")


@pytest.mark.live
def test_a_thousand_names_for_one_large_array():
    """Tied weights are legal; a thousandfold of them is memory that the file does not hold."""
    file = Hdf5()
    kernel = np.zeros((1024, 1024), "<f4")
    shared = file.dataset(kernel)
    cells = {}
    for number in range(1000):
        variables = file.group({"0": shared, "1": shared, "2": shared})
        cell = file.group({"vars": variables})
        cells[f"simple_rnn_{number}" if number else "simple_rnn"] = file.group({"cell": cell})
    content = file.file(file.group({"layers": file.group(cells)}))
    assert outcome(content, "a.weights.h5") != "read"


def test_layers_without_end():
    """2²⁰ paths through 20 groups that each hold the next one twice."""
    file = Hdf5()
    below = file.group({})
    for _ in range(20):
        below = file.group({"a": below, "b": below})
    refused_as(file.file(below), "a.h5", "hdf5_too_many")


# --- pickles: CVE-2025-32434, CVE-2026-24747 ------------------------------------------------------


class _Runs:
    def __reduce__(self):
        return eval, ("__import__('os').system('touch pwned')",)


def test_a_pickle_that_would_run():
    content = files.torch_file(value=files._Call("os", "system", ("touch pwned",)))
    refused_as(content, "a.pt", "pickle_name")
    named = files.zipped({"m/data.pkl": pickle.dumps(_Runs(), 2)})
    refused_as(named, "a.pt", "pickle_name")
    refused_as(pickle.dumps(_Runs()), "a.pt", "torch_before_zip")
    for protocol in range(6):
        refused = outcome(files.zipped({"m/data.pkl": pickle.dumps(_Runs(), protocol)}), "a.pt")
        assert refused in ("pickle_name", "pickle_opcode", "pickle_damaged")


@pytest.mark.parametrize(
    "name",
    [
        ("builtins", "eval"),
        ("torch", "load"),
        ("torch.jit", "load"),
        ("torch.storage", "_load_from_bytes"),
        ("torch.hub", "load"),
        ("torch._utils", "_rebuild_wrapper_subclass"),
        ("collections", "OrderedDict.__init__"),
        ("numpy.core.multiarray", "scalar"),
    ],
)
def test_every_other_name_is_refused(name):
    refused_as(files.torch_file(value={"w": files._Call(*name, ("x",))}), "a.pt", "pickle_name")


@pytest.mark.parametrize(
    ("shape", "strides", "offset", "elements"),
    [
        ((16, 3), (3, 1), 10**6, 48),  # begins outside
        ((16, 3), (10**9, 1), 0, 48),  # strides lead outside
        ((10**6, 10**6), (0, 0), 0, 48),  # one number a million million times
        ((16, 3), (3, 1), 0, 10**12),  # the storage claims what its entry does not hold
        ((2**62, 2**62), (1, 1), 0, 2**62),
    ],
)
def test_tensors_that_lie_outside_of_their_storage(shape, strides, offset, elements):
    named = files.state()
    value = {key: files.tensor(str(n), a.shape) for n, (key, a) in enumerate(named.items())}
    value["rnn.weight_ih_l0"] = files.tensor("0", shape, strides, offset, elements)
    assert outcome(files.torch_file(named, value), "a.pt") in ("torch_outside", "shape_bomb")


@pytest.mark.live
def test_a_pickle_that_grows_is_bounded():
    """Doubling a list by its own memo, and a memo of ten million places."""
    growing = b"\x80\x02]q\x00" + b"(h\x00h\x00e" * 50_000 + b"."
    assert outcome(files.zipped({"m/data.pkl": growing}), "a.pt") != "read"
    endless = b"\x80\x02" + b"K\x01" * 1_000_000 + b"."
    refused_as(files.zipped({"m/data.pkl": endless}), "a.pt", "pickle_too_long")


# --- zip: bombs, lies and twins -------------------------------------------------------------------


def test_zip_bombs():
    bomb = files.keras(weights=bytes(300 * 2**20), method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 2**20
    refused_as(bomb, "a.keras", "zip_bomb")
    many = files.zipped({f"{n}.npy": "" for n in range(10_001)})
    refused_as(many, "a.npz", "zip_bomb")


def test_an_entry_that_lies_about_its_size():
    """Its size is bounded by what the directory says; what comes out must be just that."""
    content = files.keras(method=zipfile.ZIP_DEFLATED)
    true = read_network(content, "a.keras").network.sha256
    place = content.rfind(b"PK\1\2")
    assert content[place + 46 :].startswith(b"model.weights.h5")
    for shift in (*range(20, 28), *range(42, 46)):
        for value in (0, 1, 0x7F, 0xFF):
            changed = bytearray(content)
            changed[place + shift] = value
            found = outcome(bytes(changed), "a.keras")
            # More packed bytes than are needed change nothing: the checksum still holds.
            assert found in ("zip_damaged", "zip_bomb", "cut_short", "read")
            if found == "read":
                assert read_network(bytes(changed), "a.keras").network.sha256 == true


def test_two_entries_of_one_name():
    content = files.zipped({"config.json": "{}", "xonfig.json": "{}"})
    refused_as(content.replace(b"xonfig", b"config"), "a.keras", "zip_twice")


# --- safetensors, ONNX, NPZ -----------------------------------------------------------------------


def _header(**changes):
    good = {"dtype": "F32", "shape": [16, 3], "data_offsets": [0, 192]}
    return {"rnn.weight_ih_l0": {**good, **changes}}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (struct.pack("<Q", 2**40) + b"{}", "entry_too_large"),
        (struct.pack("<Q", 50_000_000) + b"{" + bytes(60_000_000), "entry_too_large"),
        (struct.pack("<Q", 300_000) + b'{"a":' + b"[" * 299_995, "json_damaged"),
        (files.safetensors(files.state(), _header(shape=[2**40, 2**40])), "safetensors_offsets"),
        (files.safetensors(files.state(), _header(shape=[-16, -3])), "json_damaged"),
        (files.safetensors(files.state(), _header(data_offsets=[192, 0])), "json_damaged"),
        (files.safetensors(files.state(), _header()), "safetensors_holes"),
        (files.safetensors(files.state(), {**_header(), "b": _header()["rnn.weight_ih_l0"]}), None),
        (files.safetensors(files.state(), _header(dtype="os.system")), "safetensors_type"),
    ],
)
def test_hostile_safetensors(content, key):
    refused_as(content, "a.safetensors", key or "safetensors_holes")


def test_onnx_that_keeps_its_numbers_elsewhere():
    """CVE-2026-34445 and CVE-2026-34446: a location that leads out of the folder."""
    location = files.field(1, "location") + files.field(2, "../../../../etc/passwd")
    instead = files.field(13, location) + files.field(14, 1)
    refused_as(files.onnx(of="W", instead=instead), "a.onnx", "onnx_external")


@pytest.mark.parametrize("dims", [(1, 16, 2**40), (2**62, 2**62), (1, -16, 3)])
def test_onnx_that_claims_a_shape(dims):
    found = outcome(files.onnx(of="W", dims=dims), "a.onnx")
    assert found in ("shape_bomb", "onnx_size", "negative_shape")


def test_npz_of_python_objects():
    content = files.npz(kernel=np.array([_Runs()], object), recurrent_kernel=np.ones(2))
    refused_as(content, "a.npz", "npy_objects")


def test_an_npy_header_that_lies():
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 1000), }"
    header = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode()
    refused_as(files.zipped({"kernel.npy": header}), "a.npz", "shape_bomb")
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + "(" * 5000 + ")" * 5000 + "}"
    header = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode()
    refused_as(files.zipped({"kernel.npy": header}), "a.npz", "npy_damaged")


def test_a_large_file_takes_three_times_its_size_at_most():
    kernel, recurrent = np.zeros((16, 4000), "<f4"), np.zeros((1000, 4000), "<f4")
    bias = np.zeros(4000, "<f4")
    named = {"rnn.weight_ih_l0": kernel.T, "rnn.weight_hh_l0": recurrent.T, "rnn.bias_ih_l0": bias}
    named |= {"rnn.bias_hh_l0": bias, "other": np.zeros((4000, 4000), "<f4")}
    content = files.safetensors(named)
    assert len(content) > 75 * 2**20
    assert outcome(content, "a.safetensors") == "read"
    with pytest.raises(Refused):
        read_network(content[:-1], "a.safetensors")
