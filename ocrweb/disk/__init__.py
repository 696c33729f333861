"""The disk as it is: what every layer needs to read and write files safely."""
