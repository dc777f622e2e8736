"""A picture of the stack, drawn from template.yaml alone: `make docs`."""
