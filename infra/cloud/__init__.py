"""Deployment to AWS: `make deploy` and `make destroy`."""
