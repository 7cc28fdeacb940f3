"""How the models that ship with resight were made, each by one command."""
