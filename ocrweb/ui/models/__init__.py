"""Tab: models."""
