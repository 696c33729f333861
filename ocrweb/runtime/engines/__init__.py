"""Inference engines behind one small protocol; each is imported only when it is used."""
