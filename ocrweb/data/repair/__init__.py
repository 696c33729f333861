"""Mend what can be mended without a guess: plan, preview, apply with a backup, undo."""
