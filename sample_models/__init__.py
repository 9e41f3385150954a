"""Sample models: plain model files, each with one lesson that its docstring tells in a sentence."""
