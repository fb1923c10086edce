"""The camera's own packets as pieces of an MPEG transport stream."""
