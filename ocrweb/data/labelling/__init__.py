"""Labels that people change picture by picture: what they draw, how it is kept, and what was there before."""
