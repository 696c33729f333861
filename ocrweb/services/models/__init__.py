"""Which models there are, and how one comes in: from PaddleOCR, or proven from somebody's file."""
