"""Faults put into clean labels, and how early the list of suspects names them."""
