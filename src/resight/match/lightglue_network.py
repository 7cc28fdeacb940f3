"""The network of LightGlue (Lindenberger et al. 2023): which keypoint of one picture is which of the other.

Written anew after the paper, with the parameter names of the authors' weights. The keypoints of each picture look at
one another, then at those of the other picture, nine times over; after each round the network tells how sure it is,
and stops where it is sure enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

NUMBERS, WIDTH, HEADS, LAYERS = 128, 256, 4, 9
SURE = 0.95  # the share of keypoints that must be settled before it stops
LEAST = 0.1  # confidence of a match


@dataclass(frozen=True, slots=True)
class Spots:
    """The keypoints of one picture: `places` (m, 2) from about -1 to 1, longer side 2, and `vectors` (m, 128)."""

    places: Tensor
    vectors: Tensor


class LightGlue(nn.Module):
    """Nine rounds of looking, and the matches after the last that was needed."""

    def __init__(self) -> None:
        super().__init__()
        self.input_proj = nn.Linear(NUMBERS, WIDTH)
        self.posenc = _Places()
        self.transformers = nn.ModuleList(_Round() for _ in range(LAYERS))
        self.log_assignment = nn.ModuleList(_Assignment() for _ in range(LAYERS))
        self.token_confidence = nn.ModuleList(_Confidence() for _ in range(LAYERS - 1))

    def forward(self, one: Spots, other: Spots) -> tuple[Tensor, Tensor, Tensor]:
        """Matches: keypoints of the one (k,) and of the other (k,), and how sure each match is, from 0 to 1 (k,)."""
        if not len(one.places) or not len(other.places):
            nothing = torch.zeros(0, dtype=torch.int64)
            return nothing, nothing, torch.zeros(0)
        ours, theirs = self.input_proj(one.vectors), self.input_proj(other.vectors)
        our_turns, their_turns = self.posenc(one.places), self.posenc(other.places)
        for layer in range(LAYERS):
            ours, theirs = self.transformers[layer](ours, theirs, our_turns, their_turns)
            if layer + 1 == LAYERS or self._settled(layer, ours, theirs):
                break
        return _mutual(self.log_assignment[layer](ours, theirs).exp())

    def _settled(self, layer: int, ours: Tensor, theirs: Tensor) -> bool:
        sure = torch.cat([self.token_confidence[layer](ours), self.token_confidence[layer](theirs)])
        threshold = 0.8 + 0.1 * torch.exp(torch.tensor(-4.0 * layer / LAYERS))
        return bool((sure >= threshold).float().mean() > SURE)


def opened(path: Path) -> LightGlue:
    """The network with the authors' weights for ALIKED."""
    network = LightGlue()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval()


def _mutual(sure: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The pairs of (m, n) that are the best of both their row and their column."""
    best, theirs = sure.max(dim=1)
    ours = torch.nonzero((sure.argmax(dim=0)[theirs] == torch.arange(len(sure))) & (best > LEAST))[:, 0]
    return ours, theirs[ours], best[ours]


class _Places(nn.Module):
    """Places as turns of the numbers that are compared: how alike two of them are then depends on their distance."""

    def __init__(self) -> None:
        super().__init__()
        self.Wr = nn.Linear(2, WIDTH // HEADS // 2, bias=False)

    def forward(self, places: Tensor) -> Tensor:
        angles = self.Wr(places).repeat_interleave(2, dim=-1)
        return torch.stack([angles.cos(), angles.sin()])


def _turned(heads: Tensor, turns: Tensor) -> Tensor:
    quarter = torch.stack([-heads[..., 1::2], heads[..., ::2]], dim=-1).flatten(-2)
    return heads * turns[0] + quarter * turns[1]


class _Round(nn.Module):
    """The keypoints of each picture look at one another, then at those of the other picture."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn, self.cross_attn = _Within(), _Across()

    def forward(self, ours: Tensor, theirs: Tensor, our_turns: Tensor, their_turns: Tensor) -> tuple[Tensor, Tensor]:
        ours, theirs = self.self_attn(ours, our_turns), self.self_attn(theirs, their_turns)
        looked: tuple[Tensor, Tensor] = self.cross_attn(ours, theirs)
        return looked


class _Within(nn.Module):
    """Every keypoint looks at all of its own picture."""

    def __init__(self) -> None:
        super().__init__()
        self.Wqkv, self.out_proj, self.ffn = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH), _forward()

    def forward(self, spots: Tensor, turns: Tensor) -> Tensor:
        asked, held, told = self.Wqkv(spots).view(len(spots), HEADS, -1, 3).transpose(0, 1).unbind(-1)
        seen = functional.scaled_dot_product_attention(
            _turned(asked, turns)[None], _turned(held, turns)[None], told[None]
        )[0]
        message = self.out_proj(seen.transpose(0, 1).flatten(1))
        looked: Tensor = spots + self.ffn(torch.cat([spots, message], dim=-1))
        return looked


class _Across(nn.Module):
    """Every keypoint looks at all of the other picture."""

    def __init__(self) -> None:
        super().__init__()
        self.to_qk, self.to_v = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.to_out, self.ffn = nn.Linear(WIDTH, WIDTH), _forward()

    def forward(self, ours: Tensor, theirs: Tensor) -> tuple[Tensor, Tensor]:
        one, other = _heads(self.to_qk(ours)), _heads(self.to_qk(theirs))
        alike = one @ other.transpose(1, 2) * (WIDTH // HEADS) ** -0.5
        to_ours = alike.softmax(dim=2) @ _heads(self.to_v(theirs))
        to_theirs = alike.softmax(dim=1).transpose(1, 2) @ _heads(self.to_v(ours))
        return self._looked(ours, to_ours), self._looked(theirs, to_theirs)

    def _looked(self, spots: Tensor, seen: Tensor) -> Tensor:
        message = self.to_out(seen.transpose(0, 1).flatten(1))
        looked: Tensor = spots + self.ffn(torch.cat([spots, message], dim=-1))
        return looked


class _Assignment(nn.Module):
    """The logarithm of how sure each pair is: alike, most alike of all, and both to be found at all."""

    def __init__(self) -> None:
        super().__init__()
        self.matchability, self.final_proj = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, WIDTH)

    def forward(self, ours: Tensor, theirs: Tensor) -> Tensor:
        alike = self.final_proj(ours) @ self.final_proj(theirs).T / WIDTH**0.5
        visible = functional.logsigmoid(self.matchability(ours)) + functional.logsigmoid(self.matchability(theirs)).T
        sure: Tensor = alike.log_softmax(dim=1) + alike.log_softmax(dim=0) + visible
        return sure


class _Confidence(nn.Module):
    """Whether what a keypoint goes with will not change any more, from 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Sequential(nn.Linear(WIDTH, 1), nn.Sigmoid())

    def forward(self, spots: Tensor) -> Tensor:
        sure: Tensor = self.token(spots)[:, 0]
        return sure


def _heads(spots: Tensor) -> Tensor:
    return spots.view(len(spots), HEADS, -1).transpose(0, 1)


def _forward() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(2 * WIDTH, 2 * WIDTH), nn.LayerNorm(2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
    )
