"""The data root as a whole: its layout's version, what killed processes left in it."""
