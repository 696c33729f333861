"""The web console: one file a tab, presenters, texts."""
