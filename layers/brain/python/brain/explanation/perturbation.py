"""One place where the network is shown altered versions of a face.

Experiments hand in masks (`brain.explanation.masks`) and get logits back. A masked part is replaced by a
strongly blurred copy of the input. Blur keeps colour and brightness and adds no edges of its own, so what
is measured is the absence of the part and not the presence of a patch (Fong, Vedaldi, "Interpretable
Explanations of Black Boxes by Meaningful Perturbation", arXiv 1704.03296).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.geometry import Rectangle
from brain.explanation.masks import soft_boxes
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier
from brain.recognition.incremental import IncrementalFeatures, Region, common_size, patches

# Standard deviation of the blur, as a share of the input's side.
BLUR = 1 / 8
# Variants composed at once, so that memory stays bounded whatever an experiment asks for.
BATCH = 16
# Incremental inference has overheads, so it has to leave less than this share of the work.
WORTHWHILE = 0.9
# What a batch of its own costs beside its arithmetic, in forward passes: weights are read for every batch.
BATCH_OVERHEAD = 0.4


class PerturbationRunner:
    """Shows a classifier variants of one face with parts blurred out, and counts forward passes.

    Args:
        classifier: gives the logits.
        view: the crop, and the square of it that the network sees.
        unaltered: what incremental inference needs of the face, where it is known from naming it.

    Attributes:
        passes: forward passes by experiment, in the order in which experiments ran.
    """

    def __init__(
        self, classifier: Classifier, view: FaceView, unaltered: IncrementalFeatures | None = None
    ) -> None:
        self.classifier = classifier
        self.view = view
        self._known = unaltered
        self.passes: dict[str, float] = {}
        self._sharp = classifier.preprocess(view.pixels)[0]  # (3, S, S)
        pixels = self._sharp.permute(1, 2, 0).contiguous().numpy()
        blurred = cv2.GaussianBlur(pixels, (0, 0), BLUR * self.size, borderType=cv2.BORDER_REPLICATE)
        self._blurred = torch.from_numpy(blurred).permute(2, 0, 1)  # (3, S, S)

    @property
    def size(self) -> int:
        """S, the side of the network's input in pixels."""
        return self._sharp.shape[-1]

    @property
    def lost(self) -> Tensor:
        """What blurring takes from the input, (3, S, S) float32, preprocessed."""
        return self._sharp - self._blurred

    def mask(self, boxes: Sequence[Rectangle]) -> np.ndarray:
        """The mask of boxes that are in pixels of the crop, (S, S) float32."""
        return soft_boxes(self.view.in_field(boxes, self.size), self.size)

    def compose(self, masks: np.ndarray) -> Tensor:
        """The input with each mask blurred out.

        Args:
            masks: (n, S, S) float32, 0 where the input stays sharp to 1 where it is blurred.

        Returns:
            (n, 3, S, S) float32, preprocessed.
        """
        share = torch.from_numpy(masks)[:, None]  # (n, 1, S, S)
        return torch.lerp(self._sharp, self._blurred, share)

    def logits(self, experiment: str, masks: np.ndarray) -> Tensor:
        """The logits of the input with each mask blurred out.

        Args:
            experiment: whose passes these are.
            masks: (n, S, S) float32.

        Returns:
            (n, K) float32.

        Raises:
            ForwardPassFailed: code 4.
        """
        regions = [altered_region(mask) for mask in masks]
        batches = [(group, [regions[index] for index in group]) for group in self._groups(regions)]
        for _, altered in batches:
            self.count(experiment, round(self._cost(altered), 2))
        whole = [group for group, altered in batches if self._computes_all(altered)]
        partly = [(group, altered) for group, altered in batches if not self._computes_all(altered)]
        found = [self.classifier.predict_batched(self.compose(masks[group])) for group in whole]
        if self._unaltered is not None and partly:
            changed = (self._changed(masks[group], altered) for group, altered in partly)
            found.append(self.classifier.predict_incremental(self._unaltered, changed))
        order = [index for group in (*whole, *(group for group, _ in partly)) for index in group]
        return torch.cat(found)[np.argsort(order)]

    def _groups(self, regions: Sequence[Region]) -> list[list[int]]:
        """Indices of the regions to compute together, those with little work first."""
        groups: list[list[int]] = []
        for index in sorted(range(len(regions)), key=lambda index: self._cost([regions[index]])):
            if groups and self._share_batch([regions[each] for each in groups[-1]], regions[index]):
                groups[-1].append(index)
            else:
                groups.append([index])
        return groups

    def _share_batch(self, group: Sequence[Region], region: Region) -> bool:
        """Whether a region is computed with a group of others, all in the size of the largest."""
        separate = self._cost(group) + self._cost([region]) + BATCH_OVERHEAD
        return len(group) < BATCH and self._cost([*group, region]) <= separate

    def _cost(self, regions: Sequence[Region]) -> float:
        """Forward passes' worth of arithmetic for one batch."""
        if self._unaltered is None:
            return len(regions)
        heights, widths = zip(*(region.size for region in regions), strict=True)
        cost = self._unaltered.cost((max(heights), max(widths)))
        return len(regions) * (cost if cost <= WORTHWHILE else 1)

    def _computes_all(self, regions: Sequence[Region]) -> bool:
        """Whether a batch is computed without what is known of the unaltered input."""
        return self._unaltered is None or self._cost(regions) == len(regions)

    def _changed(self, masks: np.ndarray, regions: Sequence[Region]) -> tuple[Tensor, list[Region]]:
        """The altered pixels of a batch, (n, 3, h, w), and where they are."""
        windows = common_size(regions, (self.size, self.size))
        sharp, blurred = (patches(x[None], windows) for x in (self._sharp, self._blurred))
        shares = [
            mask[each.top : each.bottom, each.left : each.right]
            for mask, each in zip(masks, windows, strict=True)
        ]
        return torch.lerp(sharp, blurred, torch.from_numpy(np.stack(shares))[:, None]), windows

    @cached_property
    def _unaltered(self) -> IncrementalFeatures | None:
        """What incremental inference needs of the unaltered input, for networks that have it."""
        if self._known is not None:
            return self._known
        found = self.classifier.incremental(self._sharp[None])
        if found is not None:
            self.count("reference", round(found.reference_cost, 2))
        return found

    def count(self, experiment: str, passes: float) -> None:
        """Add forward passes to an experiment's account."""
        self.passes[experiment] = self.passes.get(experiment, 0) + passes


def altered_region(mask: np.ndarray) -> Region:
    """The smallest region that holds every pixel that a mask alters; one pixel where it alters none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return Region(0, 0, 1, 1)
    return Region(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
