"""Precision, recall, hmean against labels."""
