"""What labels of PDFs that programs made are worth: `python -m benchmarks.born_digital`."""
