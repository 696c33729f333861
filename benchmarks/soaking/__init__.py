"""The parts of the soak: callers, samples, the drawing."""
