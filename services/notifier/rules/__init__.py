"""Which happenings somebody wants to be told of, and through which channels."""
