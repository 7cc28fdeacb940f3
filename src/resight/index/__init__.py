"""Nearest neighbours among many vectors; indexes are caches, and deleting one loses nothing."""
