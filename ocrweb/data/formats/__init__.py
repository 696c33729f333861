"""Other tools' label files: recognised by content, read into one form, written as the ICDAR2015 layout."""
