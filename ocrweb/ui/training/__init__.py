"""Tab: training."""
