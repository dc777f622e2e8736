"""Many visitors at once on the local stack."""
