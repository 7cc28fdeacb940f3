"""Two descriptors -> a score and the evidence for it."""
