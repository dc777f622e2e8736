"""Sends photos through the real handlers on emulated AWS services, with faults at every step."""
