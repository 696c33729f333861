"""Labels in the page: the addresses that the editor reads from and saves to."""
