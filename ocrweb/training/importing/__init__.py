"""A stranger's model file, read and proven in a process of its own."""
