"""From boxes in the frames of a video to tracks: one animal each, in successive frames."""
