"""Reads safe frames and events; tells people what their rules ask for, through channels, once each."""
