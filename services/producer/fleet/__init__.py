"""Many cameras in one process group, from one file."""
