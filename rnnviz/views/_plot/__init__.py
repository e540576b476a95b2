"""What several views share: style, colours, frames, the picture of a heatmap. Not public."""
