"""Reads a camera, a file or a webcam; writes frames."""
