"""A run from start to verified weights: session, loop, checkpoints, journal."""
