"""ocrweb: train, check and run a DB text detector, from a web console or the command line."""

__version__ = "0.1.0"
