"""Where is the animal: boxes in photos and frames."""
