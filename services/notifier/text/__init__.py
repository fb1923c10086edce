"""What a message says, from templates."""
