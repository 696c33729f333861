"""Detection with a ready model: one picture, the golden set, evaluation, which models there are."""
