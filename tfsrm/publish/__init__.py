"""Sends a rendered report somewhere. Nothing yet: the reports go to a terminal or a file."""
