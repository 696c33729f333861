"""Which settings make the better model: many short seeded trainings, one after the other."""
