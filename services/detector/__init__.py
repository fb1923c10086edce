"""Reads frames, looks at them, writes the same frames with detections."""
