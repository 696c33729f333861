"""The bounded line in front of the network."""
