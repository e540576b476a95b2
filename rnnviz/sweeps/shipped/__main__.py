"""Compute the sweeps that come with the package: ``python -m rnnviz.sweeps.shipped [NAME …]``."""

from __future__ import annotations

import sys

import rnnviz
from rnnviz.sweeps.shipped import SHIPPED, file_of
from rnnviz.sweeps.sweeping import sweep


def main(names: list[str]) -> None:
    """Write the Parquet file of each sweep that is named, of all where none is."""
    import pyarrow
    from pyarrow import parquet

    for name in names or SHIPPED:
        one = SHIPPED[name]
        result = sweep(one, "processes", progress=lambda share: print(f"\r{share:6.1%}", end=""))
        columns = {measure: result.array(measure).ravel() for measure in one.measures}
        table = pyarrow.table(columns).replace_schema_metadata(
            {"rnnviz": rnnviz.__version__, "sweep": one.to_query()}
        )
        parquet.write_table(table, file_of(name), compression="zstd")
        print(f"\r{name}: {one.networks:,} networks, {file_of(name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
