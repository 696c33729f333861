"""The file contract of a training run: the worker writes these files, everyone else only reads them."""
