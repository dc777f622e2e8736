"""Confirms a face and refines its landmarks.

YuNet's landmarks depend on the size, position and tilt of the face. The points of a tilted face are drawn
towards those of an upright one, and an upside-down face may be found as an upright one with its points in the
wrong places. So the face is resampled, upright and at one size, and YuNet runs on the result:

    landmarks of a proposal
      | at the four quarter turns, unless the first is beyond doubt; the best score wins
      | again and again until the face stands upright
      | once more at a higher resolution, and mirrored; the mean of both
    refined landmarks, and the mean score: faces keep a high one, what only resembles a face does not

Several of YuNet's anchors see the same face, and noise decides which of them scores best. So the landmarks of
a pass are the mean over these anchors. When a photo is encoded again, that mean moves a third as far as the
landmarks of the best anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brain.core.geometry import Rectangle
from brain.face.affine import (
    angle_of,
    compose,
    invert,
    mirror,
    rotation,
    sample,
    shrunk,
    similarity_transform,
    transform_points,
    warp,
)
from brain.face.yunet import Candidate, YuNet

# Right eye, left eye, nose tip, right and left mouth corner of an upright face, as fractions of a square
# around it.
UPRIGHT = np.array([(0.34, 0.46), (0.66, 0.46), (0.5, 0.64), (0.37, 0.82), (0.63, 0.82)])
# The landmarks of the mirrored face, in the order of the face's own.
MIRRORED = (1, 0, 2, 4, 3)
QUARTER_TURNS = (0, 90, 180, 270)
DIAGONAL_TURNS = (45, 135, 225, 315)


@dataclass(frozen=True)
class View:
    """How a face is resampled: a square of `size` pixels, `spread` times as wide as the face."""

    size: int
    spread: float


COARSE = View(160, 2.0)
MIDDLE = View(160, 1.6)
FINE = View(224, 1.4)
# Scores of one pass. At the first, the face is certainly upright. Below the second, it may lie between two
# quarter turns. Below the third, there is no face. The mean over all passes confirms a face.
UPRIGHT_SCORE = 0.92
DIAGONAL_SCORE = 0.88
LOWEST_SCORE = 0.3
CONFIRMED_SCORE = 0.85
# In degrees; a face that is tilted by less is upright.
LARGEST_TILT = 2.0
PASSES = 4
# As a share of the view's side: a face that is further from the centre is another face.
LARGEST_OFFSET = 0.3
# Which anchors see the same face as the best one: distance of centres in widths, ratios of widths and of
# scores.
SAME_CENTRE = 0.35
SAME_WIDTH = (0.6, 1.6)
SAME_SCORE = 0.5


@dataclass(frozen=True)
class ConfirmedFace:
    """A face that was confirmed; `landmarks` (5, 2) and `box` in pixels of the picture, `score` 0 to 1."""

    box: Rectangle
    landmarks: np.ndarray
    score: float


@dataclass(frozen=True)
class _Pass:
    """One pass's result, in pixels of the picture; `tilt` is the angle of the face in its view in degrees."""

    box: Rectangle
    landmarks: np.ndarray
    score: float
    tilt: float


class LandmarkRefiner:
    """Confirms proposals and refines their landmarks."""

    def __init__(self) -> None:
        self._yunet = YuNet(largest_overlap=1.0)

    def refine(self, pixels: np.ndarray, landmarks: np.ndarray) -> ConfirmedFace | None:
        """Confirm one proposal.

        Args:
            pixels: (H, W, 3) uint8 BGR.
            landmarks: (5, 2) landmarks of the proposal, in pixels of the picture.

        Returns:
            The face, or None if there is none.
        """
        found = self._upright(pixels, landmarks)
        if found is None:
            return None
        last = self._levelled(pixels, found)
        views = self._both_ways(pixels, last.landmarks)
        found_again = [view for view in views if view]
        score = float(np.mean([last.score, *(view.score if view else 0.0 for view in views)]))
        if not found_again or score < CONFIRMED_SCORE:
            return None
        points = np.mean([view.landmarks for view in found_again], axis=0)
        return ConfirmedFace(found_again[0].box, points, score)

    def _upright(self, pixels: np.ndarray, landmarks: np.ndarray) -> _Pass | None:
        """The best pass over the four quarter turns, and over the angles between them if no pass is good."""
        best: _Pass | None = None
        for turns, enough in ((QUARTER_TURNS, UPRIGHT_SCORE), (DIAGONAL_TURNS, DIAGONAL_SCORE)):
            for turn in turns:
                if best and best.score >= enough:
                    return best
                found = self._run(pixels, landmarks, COARSE, turn)
                if found and (best is None or found.score > best.score):
                    best = found
        return best

    def _levelled(self, pixels: np.ndarray, found: _Pass) -> _Pass:
        """Repeat the pass until the face is upright in its view."""
        for _ in range(PASSES):
            # YuNet sees about half of a tilt. Turning by as much again takes the rest back before the next
            # pass.
            overshoot = transform_points(rotation(found.tilt, found.landmarks.mean(0)), found.landmarks)
            again = self._run(pixels, overshoot, MIDDLE)
            if again is None:
                return found
            found = again
            if abs(found.tilt) < LARGEST_TILT:
                break
        return found

    def _both_ways(self, pixels: np.ndarray, landmarks: np.ndarray) -> list[_Pass | None]:
        """A pass over the fine view of a face, and one over its mirror image."""
        to_view, flip = _to_view(landmarks, FINE), mirror(FINE.size)
        part, to_square = shrunk(pixels, to_view, FINE.size)
        flipped = sample(part, compose(flip, to_square), FINE.size)
        return [
            self._find(sample(part, to_square, FINE.size), to_view),
            self._find(flipped, compose(flip, to_view), order=MIRRORED),
        ]

    def _run(self, pixels: np.ndarray, landmarks: np.ndarray, view: View, turn: int = 0) -> _Pass | None:
        """Run YuNet on the surroundings of a face, turned by some degrees."""
        to_view = _to_view(landmarks, view, turn)
        return self._find(warp(pixels, to_view, view.size), to_view)

    def _find(self, square: np.ndarray, to_view: np.ndarray, order: Sequence[int] = range(5)) -> _Pass | None:
        """The face in the centre of a view; None if there is none.

        Args:
            square: (size, size, 3) the view.
            to_view: from the picture to the view.
            order: of the landmarks, as found.
        """
        size = len(square)
        candidates = [
            candidate
            for candidate in self._yunet.detect(square)
            if np.hypot(*(np.array(candidate.box.centre) - size / 2)) < LARGEST_OFFSET * size
            and candidate.score >= LOWEST_SCORE
        ]
        if not candidates:
            return None
        best = max(candidates, key=lambda candidate: candidate.score)
        back, found = invert(to_view), _mean_landmarks(best, candidates)
        return _Pass(
            Rectangle.around(transform_points(back, np.array(best.box.corners)).tolist()),
            transform_points(back, found[list(order)]),
            best.score,
            angle_of(similarity_transform(UPRIGHT, found)),
        )


def _to_view(landmarks: np.ndarray, view: View, turn: int = 0) -> np.ndarray:
    """The transform from the picture to a view of a face, turned by some degrees."""
    upright = ((UPRIGHT - 0.5) / view.spread + 0.5) * view.size
    middle = np.array([view.size / 2, view.size / 2])
    return compose(rotation(turn, middle), similarity_transform(landmarks, upright))


def _mean_landmarks(best: Candidate, candidates: list[Candidate]) -> np.ndarray:
    """The mean over the anchors that see the same face as the best one, weighted by score."""
    width = best.box.width
    same = [
        candidate
        for candidate in candidates
        if np.hypot(*(np.array(candidate.box.centre) - best.box.centre)) < SAME_CENTRE * width
        and SAME_WIDTH[0] < candidate.box.width / width < SAME_WIDTH[1]
        and candidate.score >= SAME_SCORE * best.score
    ]
    landmarks = [candidate.landmarks for candidate in same]
    return np.asarray(np.average(landmarks, axis=0, weights=[candidate.score for candidate in same]))
