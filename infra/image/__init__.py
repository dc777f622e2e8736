"""The file tree of the explain function's image, assembled without a container engine."""
