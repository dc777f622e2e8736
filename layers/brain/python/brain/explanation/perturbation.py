"""One place where the network is shown altered versions of a face.

Experiments hand in masks (`brain.explanation.masks`) and get logits back. A masked part is replaced by a
strongly blurred copy of the input. Blur keeps colour and brightness and adds no edges of its own, so what
is measured is the absence of the part and not the presence of a patch (Fong, Vedaldi, "Interpretable
Explanations of Black Boxes by Meaningful Perturbation", arXiv 1704.03296).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from brain.core.geometry import Rectangle
from brain.explanation.masks import soft_boxes
from brain.explanation.view import FaceView
from brain.recognition.classifier import Classifier
from brain.recognition.incremental import IncrementalFeatures
from brain.recognition.regions import Region, common_size, patches

# Standard deviation of the blur, as a share of the input's side.
BLUR = 1 / 8
# Variants composed at once, so that memory stays bounded whatever an experiment asks for.
BATCH = 16
# Incremental inference has overheads, so it has to leave less than this share of the work.
WORTHWHILE = 0.9
# What a batch of its own costs beside its arithmetic, in forward passes: weights are read for every batch.
BATCH_OVERHEAD = 0.4
# A large network computes each variant in the size of its own region: that saves more than a batch does. So
# many whole inputs' worth of them are computed side by side; more take too much memory.
INPUTS_OF_LARGE_NETWORKS = 3


class Variant(NamedTuple):
    """An altered input: all of it but a region is that of an input whose activations are known."""

    start: IncrementalFeatures
    region: Region


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

        Where everything is blurred out of one variant, others that are blurred for the most part are computed
        from what is known of that one.

        Args:
            experiment: whose passes these are.
            masks: (n, S, S) float32.

        Returns:
            (n, K) float32.

        Raises:
            ForwardPassFailed: code 4.
        """
        if self._unaltered is None:
            self.count(experiment, len(masks))
            parts = np.split(masks, range(BATCH, len(masks), BATCH))
            return torch.cat([self.classifier.predict_batched(self.compose(part)) for part in parts])
        variants = self._variants(masks, [self._unaltered, *self._blurred_out(experiment, masks)])
        batches = self._batches(variants)
        features = (
            self._features(experiment, masks[batch], [variants[index] for index in batch])
            for batch in batches
        )
        found = self.classifier.predict_from(features, self._unaltered.layer)
        return found[np.argsort(np.concatenate(batches))]

    def _blurred_out(self, experiment: str, masks: np.ndarray) -> list[IncrementalFeatures]:
        """What incremental inference needs of the blurred input, where its logits are wanted anyway."""
        if not (masks == 1).all((1, 2)).any():
            return []
        found = self.classifier.incremental(self._blurred[None])
        assert found is not None
        self.count(experiment, round(found.reference_cost, 2))
        return [found]

    def _variants(self, masks: np.ndarray, starts: Sequence[IncrementalFeatures]) -> list[Variant]:
        """Each mask's input, from the start that leaves less to compute: the sharp or the blurred input."""
        found = []
        for mask in masks:
            regions = altered_region(mask), altered_region(1 - mask)
            ways = [Variant(*way) for way in zip(starts, regions, strict=False)]
            found.append(min(ways, key=lambda way: self._cost([way])))
        return found

    def _batches(self, variants: Sequence[Variant]) -> list[list[int]]:
        """Indices of the variants to compute together, those with little work first."""

        def order(index: int) -> tuple[bool, float]:
            return variants[index].start is not self._unaltered, self._cost([variants[index]])

        batches: list[list[int]] = []
        for index in sorted(range(len(variants)), key=order):
            if batches and self._share_batch([variants[each] for each in batches[-1]], variants[index]):
                batches[-1].append(index)
            else:
                batches.append([index])
        return batches

    def _share_batch(self, batch: Sequence[Variant], variant: Variant) -> bool:
        """Whether a variant is computed with others."""
        if len(batch) == BATCH or batch[0].start is not variant.start or 0 in batch[0].region.size:
            return False
        if self._in_own_sizes:
            pixels = sum(math.prod(each.region.size) for each in (*batch, variant))
            return pixels <= INPUTS_OF_LARGE_NETWORKS * self.size**2
        return self._cost([*batch, variant]) <= self._cost(batch) + self._cost([variant]) + BATCH_OVERHEAD

    @cached_property
    def _in_own_sizes(self) -> bool:
        """Whether variants are computed in the size of their own region, not of their batch's largest."""
        return not self.classifier.is_small

    def _cost(self, batch: Sequence[Variant]) -> float:
        """At most so many forward passes' worth of arithmetic does a batch take, wherever its regions are."""
        cost = batch[0].start.largest_cost
        if self._in_own_sizes:
            return sum(cost(variant.region.size) for variant in batch)
        heights, widths = zip(*(variant.region.size for variant in batch), strict=True)
        together = cost((max(heights), max(widths)))
        return len(batch) * (together if together <= WORTHWHILE else 1)

    def _features(self, experiment: str, masks: np.ndarray, variants: Sequence[Variant]) -> Tensor:
        """Activations of a batch: (n, C, H, W)."""
        start, regions = variants[0].start, [variant.region for variant in variants]
        if not self._in_own_sizes and self._cost(variants) == len(variants):
            self.count(experiment, len(variants))
            return self.classifier.features_batched(self.compose(masks), start.layer)
        if self._in_own_sizes:
            windows = [[region] for region in regions]
        else:
            windows = [common_size(regions, (self.size, self.size))]
        self.count(experiment, round(sum(start.cost(each) for each in windows), 2))
        if 0 in regions[0].size:
            return start.unaltered_features(len(regions))
        parts = zip(windows, np.split(masks, len(windows)), strict=True)
        return start.features([(self._within(*part).to(self.classifier.dtype), part[0]) for part in parts])

    def _within(self, windows: Sequence[Region], masks: np.ndarray) -> Tensor:
        """The altered pixels of windows of one size, one for each mask: (n, 3, h, w)."""
        sharp, blurred = (patches(x[None], windows) for x in (self._sharp, self._blurred))
        shares = [
            mask[each.top : each.bottom, each.left : each.right]
            for mask, each in zip(masks, windows, strict=True)
        ]
        return torch.lerp(sharp, blurred, torch.from_numpy(np.stack(shares))[:, None])

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
    """The smallest region that holds every pixel that a mask alters; without any, where it alters none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return Region(0, 0, 0, 0)
    return Region(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
