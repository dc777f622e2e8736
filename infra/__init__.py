"""What runs BRAIN: the local stack here, the cloud's in template.yaml."""
