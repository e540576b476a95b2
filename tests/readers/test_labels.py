"""Labels for timesteps: columns by name, with what kind of values each has."""

import io

import numpy as np
import pandas as pd
import pytest

from rnnviz.readers import Refused
from rnnviz.readers.data.labels import read_labels

TABLE = pd.DataFrame(
    {
        "event": [True, False, True],
        "phase": ["up", "down", "up"],
        "class": [0, 2, 1],
        "size": [0.5, -1.0, 2.0],
    }
)


def _as_parquet():
    sink = io.BytesIO()
    TABLE.to_parquet(sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [(TABLE.to_csv(index=False).encode(), "a.CSV"), (_as_parquet(), "a.parquet")],
)
def test_columns_keep_their_kinds(content, name):
    found = read_labels(content, name)
    assert found["phase"].tolist() == ["up", "down", "up"]
    assert found["class"].dtype.kind == "i"
    assert found["size"].tolist() == [0.5, -1.0, 2.0]
    assert np.array_equal(found["event"].astype(bool), TABLE["event"])


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.csv"), (b"a\n1", "a.txt"), (b"PAR1 nothing of the kind", "a.parquet")],
)
def test_what_is_no_table_is_refused_in_both_languages(content, name):
    with pytest.raises(Refused) as caught:
        read_labels(content, name)
    assert all(caught.value.sentence(language) for language in ("en", "ko"))
