"""A synthetic sea cage with ground truth: individually spotted salmon heads in changing light and water."""

from resight.simulate.dataset import contact_sheet, write_heads
from resight.simulate.heads import Simulated, simulate_head
from resight.simulate.spots import SpotPattern, spot_pattern

__all__ = ["Simulated", "SpotPattern", "contact_sheet", "simulate_head", "spot_pattern", "write_heads"]
