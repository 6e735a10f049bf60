"""A grey picture → its ink alone: table, light, grain, ruled lines and dirt taken away."""

from inkread.paper.extract import extract

__all__ = ["extract"]
