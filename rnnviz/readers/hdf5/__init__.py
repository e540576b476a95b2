"""HDF5 in pure Python, for files from strangers: see `rnnviz.readers.hdf5.file`."""
