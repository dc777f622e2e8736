"""The local stack, built from template.yaml: `python -m infra.local`."""
