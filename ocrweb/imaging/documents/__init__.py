"""Files of several pages: each page is a picture."""
