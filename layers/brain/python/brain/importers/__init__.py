"""Published weights in, a model folder out: one small module per file format, one plan that all must fit."""
