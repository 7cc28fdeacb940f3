"""The models that ship with resight; each has a card beside it."""
