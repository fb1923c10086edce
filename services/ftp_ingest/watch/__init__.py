"""Folders that other programs put pictures into."""
