"""One file a tab; each builds its widgets and binds each event to one service call and one presenter."""
