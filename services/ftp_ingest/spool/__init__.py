"""What was taken and not yet acknowledged by the bus, on the disk."""
