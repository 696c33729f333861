"""Training in Paddle: augment, loop, checkpoints, worker; imported in worker processes only."""
