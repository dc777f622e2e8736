"""Comparisons as the API gives them, made by hand."""

from __future__ import annotations

from typing import Any

from tests.e2e.fake_results import BOXES, INPUT, bumps, done, encoded, feature

COMPARED = (
    "Probably the same person: of pairs as alike as these two photos, 96 % show one person.",
    "Mostly the eyes: without them in the first photo the chance falls from 96 % to 61 %,"
    " in the second to 70 %.",
    "Then the mouth speaks against it: without it in the first photo the chance rises from 96 % to 98 %.",
)
VERGLICHEN = (
    "Vermutlich dieselbe Person: Von Paaren, die sich so ähnlich sind wie diese Fotos, zeigen 96 % eine"
    " einzige Person.",
    "Vor allem die Augen: Ohne sie auf dem ersten Foto fällt die Wahrscheinlichkeit von 96 % auf 61 %.",
    "Dann der Mund: Ohne ihn auf dem ersten Foto steigt die Wahrscheinlichkeit von 96 % auf 98 %.",
)


def compared_photo(shift: float) -> dict[str, Any]:
    """One of two photos; its maps differ from those of the other one."""

    def reason(features: list[str], after: float) -> dict[str, Any]:
        drop = 0.96 - after
        effect = {"probability": drop, "logit": 4 * drop}
        control = {"probability": drop / 9, "logit": drop / 2}
        return {"features": features, "before": 0.96, "after": after, "effect": effect, "control": control}

    features = [feature(name) for name in BOXES]
    features[3]["effect"] = {"probability": -0.02, "logit": -0.6}
    return {
        "input": INPUT,
        "landmarks": [[204.0, 135.0], [124.0, 135.0], [169.0, 180.0], [200.0, 232.0], [138.0, 232.0]],
        "features": features,
        "reasons": [reason(["left eye", "right eye"], 0.61 + shift)],
        "reasons_against": [reason(["mouth"], 0.98)],
        "evidence": encoded(bumps(35, ((0.68, 0.37), (0.32 + shift, 0.37)))),
        "against": encoded(bumps(35, ((0.5, 0.76 - shift),), 0.08)),
    }


def compared(upload_id: str, cropped: str, with_id: str = "d" * 32) -> dict[str, Any]:
    """A finished result of a photo that was compared with another one."""
    comparison = {
        "with_id": with_id,
        "similarity": 0.9531,
        "probability": 0.96,
        "verdict": "probably_same",
        "photos": [compared_photo(0.0), compared_photo(0.09)],
        "sentences": list(COMPARED),
        "language": "en",
        "mentions": [[], ["left eye", "right eye"], ["mouth"]],
        "translations": {"en": list(COMPARED), "de": list(VERGLICHEN)},
        "passes": {"descriptor": 4},
    }
    artifacts = {"cropped": cropped, "other_cropped": cropped, "comparison": cropped}
    return {**done(upload_id, cropped), "comparison": comparison, "artifacts": artifacts}
