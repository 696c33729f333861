"""Batches: many pictures as one job that survives reloads and restarts."""
