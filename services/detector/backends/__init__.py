"""The ways of looking at pictures, one module for each; they know nothing of each other."""
