"""The version of the tool, as reports name it."""

VERSION = "0.1.0"
