"""What every service may use, and nothing that only one needs."""
