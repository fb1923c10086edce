"""The truth of what is to be told and what was: a compacted topic."""
