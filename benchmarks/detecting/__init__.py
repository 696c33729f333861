"""The parts of `ocrweb bench detect`."""
