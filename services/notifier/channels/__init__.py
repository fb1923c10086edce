"""Ways to people and to other programs: one module for each."""
