"""Labels of stored datasets, picture by picture: how far somebody has looked, what to change, what was there before."""
