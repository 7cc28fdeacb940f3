"""Procedural animals: kinds that nobody has seen, each with individuals without number, to learn recognition from."""
