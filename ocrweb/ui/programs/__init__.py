"""What programs ask over plain HTTP: detection, models, the line, and the document that describes these."""
