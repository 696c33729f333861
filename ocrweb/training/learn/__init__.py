"""One step and one evaluation: optimiser, schedule, average, loss scale."""
