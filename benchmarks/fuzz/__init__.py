"""Bad input of all kinds for the running console, the same again for the same seed, and a judge of its answers."""
