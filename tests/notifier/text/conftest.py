"""Boxes are drawn by Pillow, an extra of its own."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("PIL") else ["test_boxes.py"]
