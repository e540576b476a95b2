"""One question a file, answered by a frozen result. Knows the engine, never an Experiment."""
