"""Which labels are probably wrong, judged by a model that has not learnt from them."""
