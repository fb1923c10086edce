"""Models in runtimes that are extras of the detector; ultralytics, with torch, only on request."""

import os

collect_ignore = [] if os.environ.get("FRAMEBUS_TEST_TORCH") == "1" else ["test_ultralytics.py"]
"""Torch is gigabytes: too much for every run."""
