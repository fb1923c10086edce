"""One module for each kind of source, and which URL is which."""
