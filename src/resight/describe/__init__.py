"""From a chip to a descriptor: local features or one embedding vector."""
