"""Detect text with a ready model: engines, detector, catalogue, results."""
