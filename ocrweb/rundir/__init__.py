"""The files of a training run: names, events, status, lock."""
