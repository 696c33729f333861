"""The grouped settings of a training run, a file a group: everything below the few keys that users type."""
