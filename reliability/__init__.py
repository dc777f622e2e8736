"""Tests BRAIN under hostile input, faults and load."""
