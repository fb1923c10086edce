"""What is asked for by --test, --explain and --check instead of serving."""
