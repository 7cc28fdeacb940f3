"""Long jobs: in shards, on all cores, going on where they stopped."""
