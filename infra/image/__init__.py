"""The explain function's image without an engine: its installed tree, from the packages that are here."""
