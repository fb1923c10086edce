"""Streams and clips by FFmpeg: packets, what of them is decoded, clocks."""
