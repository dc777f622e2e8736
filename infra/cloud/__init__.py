"""The way of the stack to AWS and back: `make deploy`, `make destroy`."""
