"""Tab: single picture."""
