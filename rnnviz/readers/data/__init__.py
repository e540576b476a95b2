"""Files of data: arrays, tables, text and sound become `Inputs`. One file a format."""
