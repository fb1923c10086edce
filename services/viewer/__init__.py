"""Reads any frames topics and shows them in a browser."""
