"""Sources: find and check a model file (here, torch-free), and load it (:mod:`.load`, in the worker)."""
