"""Work in the background: jobs that any visit sees, each with an end that a person can be told."""
