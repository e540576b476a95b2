"""Programs of networks that no recipe draws, run in Keras and PyTorch."""

import pytest

from tests.codegen.programs.given import GIVEN, run_of
from tests.codegen.programs.running import assert_computes

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.mark.parametrize("name", GIVEN)
def test_keras_computes_what_the_run_did(keras, name, tmp_path):
    run = run_of(GIVEN[name])
    assert_computes(run, run, "keras", tmp_path)


@pytest.mark.parametrize("name", GIVEN)
def test_pytorch_computes_what_the_run_did(torch, name, tmp_path):
    run = run_of(GIVEN[name])
    assert_computes(run, run, "torch", tmp_path)
