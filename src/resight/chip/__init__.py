"""From a box in a photo to a chip: cut out, at the working size, masked."""
