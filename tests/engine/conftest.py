"""The shapes in the annotations of engine and analysis are checked while their tests run."""

from tests.shapes import check_package

check_package("rnnviz.engine")
