"""Reads frames with detections; writes frames in which people are covered."""
