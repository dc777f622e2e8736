"""The stack of template.yaml on one machine: `python -m infra.local`."""
