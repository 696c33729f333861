"""Typed settings: each declared once, read by YAML, command line, page and documentation."""
