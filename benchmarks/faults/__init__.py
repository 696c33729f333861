"""The fault campaign: a real console at work while things go wrong around it, and what must hold afterwards."""
