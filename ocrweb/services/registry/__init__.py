"""The models that there are here as people know them: what each was made of, what it scores, how quick it is, what hangs on it."""
