"""The house weights: how they are made, and how a run becomes the file that ships."""
