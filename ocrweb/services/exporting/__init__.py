"""Exports as jobs: what is asked for, the child process, the gate, what is told."""
