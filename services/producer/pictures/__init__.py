"""From a decoded picture, or a camera's JPEG, to the JPEG of a message."""
