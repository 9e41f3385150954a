"""How well and how fast two graphs are aligned: on edited graphs whose answer is known, and on real models."""
