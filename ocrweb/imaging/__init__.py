"""Pictures: recognise, decode safely, encode, draw."""
