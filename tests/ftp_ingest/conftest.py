"""Pillow is an extra of its own."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("PIL") else ["test_pictures_pillow.py"]
