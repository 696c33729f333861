"""Tab: batch detection and the golden set."""
