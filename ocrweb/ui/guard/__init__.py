"""What stands between the network and the page: plain ASGI wrappers, one rule a file."""
