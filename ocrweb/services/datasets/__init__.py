"""Uploaded datasets: stored, validated, repaired, imported, divided, looked at."""
