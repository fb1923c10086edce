"""What a producer of frames tells on the topic `cameras` of itself and its cameras, and learns of others."""
