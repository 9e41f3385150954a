"""Where do the dynamic and the static graphs of a PyTorch model diverge, and why?"""

__version__ = "0.1.0"
