"""Training runs: prepare, queue, watch, prove, mend."""
