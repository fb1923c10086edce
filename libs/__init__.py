"""Shared code: common for every service, ops for the operator's commands."""
