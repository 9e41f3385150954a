"""How the pages are made: the models are run, and what comes of it is written and drawn."""
