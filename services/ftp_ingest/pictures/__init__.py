"""What is taken as a picture, by its bytes alone, and how it becomes a JPEG that a frame may carry."""
