"""What is asked of cameras: by commands, and by schedules."""
