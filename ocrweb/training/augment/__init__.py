"""Vary a labelled picture: one warp straight to the training crop, then light and noise. Nothing here knows Paddle."""
