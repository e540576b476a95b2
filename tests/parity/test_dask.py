"""A Dask cluster computes a sweep to the same bits as the pool of processes."""

import numpy as np
import pytest

from rnnviz import Experiment, Sweep, sweep
from rnnviz.sweeps.executors import dask
from tests.parity.conftest import imported


@pytest.mark.filterwarnings("ignore")  # of the cluster's own libraries
def test_a_local_cluster_gives_the_same_bits_as_processes():
    distributed = imported("distributed")
    scales = np.geomspace(0.01, 3, 30)
    one = Sweep(Experiment(units=6, timesteps=25), {"weight_scale": scales, "seed": range(20)},
                ("saturated", "lyapunov", "gradient"))  # fmt: skip
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        dask(cluster.scheduler_address) as executor,
    ):
        assert executor._max_workers == 2
        on_cluster = sweep(one, executor)
    in_processes = sweep(one, "processes", workers=2)
    for name in one.measures:
        assert np.array_equal(on_cluster.array(name), in_processes.array(name), equal_nan=True)
