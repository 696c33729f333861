"""What is told of every picture that was looked at, to whoever counts them."""
