import numpy as np
import pytest

from rnnviz.engine import Embedding


def test_the_table_of_the_notes():
    embedding = Embedding(np.zeros((10_000, 32), np.float32))
    assert embedding.parameter_count == 320_000
    assert (embedding.input_dim, embedding.output_dim) == (10_000, 32)
    assert embedding.embed([1, 2, 3]).dtype == np.float32


def test_each_token_gets_its_row():
    table = np.arange(12.0).reshape(4, 3)
    embedding = Embedding(table)
    table[:] = 0
    assert embedding.embed([3, 0, 3]).tolist() == [[9, 10, 11], [0, 1, 2], [9, 10, 11]]
    assert embedding.embed(np.zeros((2, 5), int)).shape == (2, 5, 3)
    # the same as the product of one-hot rows and the table
    tokens = np.array([1, 2, 0, 3])
    np.testing.assert_array_equal(embedding.embed(tokens), np.eye(4)[tokens] @ embedding.embeddings)


def test_nobody_writes_to_the_table():
    embedding = Embedding(np.ones((2, 2)))
    with pytest.raises(ValueError, match="read-only"):
        embedding.embeddings[0] = 0
    embedding.embed([0])[:] = 5
    assert (embedding.embeddings == 1).all()


@pytest.mark.parametrize("token", [-1, 4, 99])
def test_a_token_outside_the_table_is_told(token):
    with pytest.raises(ValueError, match=rf"a token {token}, but the embedding has 4 rows.*0 to 3"):
        Embedding(np.ones((4, 2))).embed([0, token, 1])


def test_other_misuse_is_told():
    with pytest.raises(ValueError, match="tokens must be integers, but their dtype is float64"):
        Embedding(np.ones((4, 2))).embed([0.5])
    with pytest.raises(ValueError, match=r"embeddings have shape \(4,\)"):
        Embedding(np.ones(4))
