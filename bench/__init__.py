"""What measures speed: ratios against a bare counterpart in the same run, never a timed test."""
