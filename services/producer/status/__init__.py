"""What is told of cameras and of this producer."""
