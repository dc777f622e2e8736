"""The larger commands of the command line, one module each; `register` adds a module's to the parser."""
