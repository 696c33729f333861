"""Who of the visitors is answered when, and what the console keeps of them."""
