"""Finding cameras in the local network."""
