"""Datasets: read, check, repair, convert, render; archives; target maps."""
