"""Hostile photos: well-formed files whose structure is broken in one of many ways."""
