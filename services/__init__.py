"""The services: only these are run, each by framebus NAME."""
