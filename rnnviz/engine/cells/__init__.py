"""The recurrent cells, one a file, in Keras's layout and gate order."""
