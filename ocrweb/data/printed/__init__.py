"""Labels from the text that pages of PDFs hold themselves."""
