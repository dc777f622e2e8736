"""BRAIN explains face recognition: a photo in; a name, a picture and a few words out."""

__version__ = "1.0.0"
