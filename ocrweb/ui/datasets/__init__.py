"""Tab: datasets."""
