"""Device, memory, ranks, and what fails on them."""
