"""The closed loop from unnamed tracks to named animals and a model that knows them."""
