"""Polygons of text: area, order, clipping, offset, overlap."""
