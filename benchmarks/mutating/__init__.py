"""Small faults put into copies of the code, one at a time, to see whether the tests notice."""
