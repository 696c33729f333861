"""The networks in Paddle; imported in worker processes only."""
