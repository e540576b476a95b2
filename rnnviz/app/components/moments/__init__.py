"""A sequence to select a part of, coloured step by step, and the moments that are like the part."""

from rnnviz.app.components.moments.component import (
    At,
    Wish,
    moments_list,
    read_at,
    read_wish,
    sequence,
)

__all__ = ["At", "Wish", "moments_list", "read_at", "read_wish", "sequence"]
