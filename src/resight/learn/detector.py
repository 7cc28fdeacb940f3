"""The detector's network: FCOS (Tian et al. 2019) on MobileNetV2, small enough for a laptop."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

from resight.chip.padded import DEVIATION, MEAN
from resight.learn.models import MOBILENET
from resight.learn.operators import import_torchvision
from resight.weights import find_weights

STRIDES = (8, 16, 32)
_ENDS, _CHANNELS = (7, 14, 18), (32, 96, 320)  # MobileNetV2's blocks up to each stride, and what they give
_CONVOLUTIONS = 2


class Pyramid(nn.Module):
    """Pictures to maps of features at three strides, each with the coarser ones mixed in."""

    def __init__(self, channels: int, imagenet: bool) -> None:
        super().__init__()
        import_torchvision()
        from torchvision.models import mobilenet_v2
        from torchvision.ops import FeaturePyramidNetwork

        network = mobilenet_v2()
        if imagenet:
            network.load_state_dict(torch.load(find_weights(MOBILENET), weights_only=True))
        starts = (0, *_ENDS[:-1])
        self.stages = nn.ModuleList(network.features[start:end] for start, end in zip(starts, _ENDS, strict=True))
        self.pyramid = FeaturePyramidNetwork(list(_CHANNELS), channels)
        self.out_channels = channels

    def forward(self, pictures: Tensor) -> OrderedDict[str, Tensor]:
        """Pictures (n, 3, h, w) to maps (n, channels, h / stride, w / stride)."""
        maps: OrderedDict[str, Tensor] = OrderedDict()
        for place, stage in enumerate(self.stages):
            pictures = stage(pictures)
            maps[str(place)] = pictures
        found: OrderedDict[str, Tensor] = self.pyramid(maps)
        return found


def detector(height: int, width: int, channels: int, imagenet: bool) -> Any:
    """A torchvision FCOS for one kind of animal, for pictures of this size; label 0 is the animal."""
    import_torchvision()
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.fcos import FCOS, FCOSHead

    anchors = AnchorGenerator(tuple((stride,) for stride in STRIDES), ((1.0,),) * len(STRIDES))
    return FCOS(
        Pyramid(channels, imagenet),
        num_classes=1,
        min_size=min(height, width),
        max_size=max(height, width),
        image_mean=MEAN.tolist(),
        image_std=DEVIATION.tolist(),
        anchor_generator=anchors,
        head=FCOSHead(channels, 1, 1, _CONVOLUTIONS),
        center_sampling_radius=1.5,
        score_thresh=0.05,
        nms_thresh=0.5,
        detections_per_img=100,
        topk_candidates=500,
    )


class Exported(nn.Module):
    """The same network for ONNX: normalised pictures (1, 3, h, w) to corners (1, n, 4), pixels, and scores (1, n)."""

    def __init__(self, trained: Any, height: int, width: int) -> None:
        super().__init__()
        self.backbone, self.head = trained.backbone, trained.head
        middles, sizes = [], []
        for stride in STRIDES:
            down, across = torch.meshgrid(
                torch.arange(0, height, stride), torch.arange(0, width, stride), indexing="ij"
            )
            # torchvision's anchors have their middle in a cell's corner.
            middles.append(torch.stack([across.flatten(), down.flatten()], dim=1).float())
            sizes.append(torch.full((down.numel(), 1), float(stride)))
        self.register_buffer("middles", torch.cat(middles))
        self.register_buffer("sizes", torch.cat(sizes))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Corners and scores of all places of all maps."""
        told = self.head(list(self.backbone(pictures).values()))
        scores = (told["cls_logits"].sigmoid() * told["bbox_ctrness"].sigmoid()).sqrt().squeeze(2)
        away = told["bbox_regression"] * self.sizes
        corners = torch.cat([self.middles - away[..., :2], self.middles + away[..., 2:]], dim=2)
        return corners, scores
