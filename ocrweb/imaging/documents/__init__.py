"""Files of several pages: each page is a picture."""

SUFFIXES = frozenset({".pdf", ".tif", ".tiff"})  # of files that may hold several pages; another name is a picture's
