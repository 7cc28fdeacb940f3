"""Resight recognises individual animals from their natural markings."""

__version__ = "0.1.0"
