"""Samples: pictures and labels to augmented crops and targets, loaded beside the training."""
