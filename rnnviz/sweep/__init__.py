"""Many networks at once: how a measure changes with the knobs."""
