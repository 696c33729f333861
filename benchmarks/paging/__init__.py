"""The parts of `benchmarks.page`: what each measures of the page."""
