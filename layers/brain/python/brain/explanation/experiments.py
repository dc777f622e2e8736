"""The second stage: the experiments on a named face.

The plan, with forward passes as `Findings.passes` counts them:

| experiment | what the network is shown                                      | what it gives              |
|------------|----------------------------------------------------------------|----------------------------|
| naming     | the face as it is (and mirrored, where a network names so)     | name, candidates           |
| cam        | nothing: gradients of the candidates' logits                   | class activation maps      |
| rounding   | the face as it is, where float32 named it and bfloat16 tests   | offset of the tests        |
| reference  | the face as it is, where float32 named it and bfloat16 tests   | what variants share        |
| prior      | the face, mirrored, and partly blurred: gradients at layers    | where the evidence starts  |
| evidence   | the face with one window of a grid blurred out                 | the evidence map           |
| features   | the face without each feature, each pair, all features         | effects, possible reasons  |
| controls   | the face without regions of the same shape elsewhere           | reasons                    |
| fidelity   | the face with a map's first pixels blurred out, or alone sharp | deletion and insertion     |
|            | and everything blurred out                                     | and where its curves end   |

`Check.FEATURES` runs features and controls alone, `Check.OFF` nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from brain.core.explanations import Map
from brain.core.schema import Check
from brain.core.stopwatch import Stopwatch
from brain.explanation.activation_maps import to_grey
from brain.explanation.checks import FeatureChecker
from brain.explanation.contrast import contrast, contrasts
from brain.explanation.effects import EffectScorer
from brain.explanation.evidence import measure_evidence
from brain.explanation.feature_scores import share_outside
from brain.explanation.fidelity import Target, fractions_for, measure_fidelity
from brain.explanation.findings import Findings, NamedFace, Rules
from brain.explanation.naming import name_face, with_features
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face.features import FeatureFinder
from brain.recognition.model import LoadedModel


def run_experiments(
    model: LoadedModel,
    named: NamedFace,
    clock: Stopwatch,
    on_evidence: Callable[[Findings], None] = lambda findings: None,
) -> Findings:
    """Run the experiments of the level that the findings name.

    Args:
        on_evidence: called with the findings as soon as they include the evidence maps.

    Raises:
        ForwardPassFailed: code 4.
    """
    findings, level = named.findings, named.findings.explanation.check
    if level is Check.OFF:
        return findings
    with clock.stage("prepare"):
        runner = runner_for(model, named)
        logits, labels = named.activations.logits, [each.label for each in findings.candidates]
        scorer = EffectScorer(logits, labels)
    if level is Check.FULL:
        with clock.stage("evidence"):
            prior = named.cams.maps("layercam")
            maps = measure_evidence(runner, prior, logits, labels)
            findings = with_evidence(findings, named.view, maps)
        on_evidence(findings)
    with clock.stage("checks"):
        heat = findings.candidates[0].evidence
        checker = FeatureChecker(runner, scorer, None if heat is None else heat.to_array())
        features, reasons = checker.check(findings.features)
    fidelity = None
    if level is Check.FULL:
        with clock.stage("fidelity"):
            target, fractions = Target(labels[0], scorer.before), fractions_for(runner.classifier)
            fidelity = measure_fidelity(runner, target, findings.candidates[0], fractions)
    explanation = findings.explanation.model_copy(
        update={
            "reasons": reasons,
            "fidelity": fidelity,
            "contrast": contrast(findings.candidates, features, named.view.field),
            "contrasts": contrasts(findings.candidates, features, named.view.field),
        }
    )
    passes = {**findings.passes, **runner.passes}
    return replace(findings, features=features, explanation=explanation, passes=passes)


def runner_for(model: LoadedModel, named: NamedFace) -> PerturbationRunner:
    """The runner of perturbations of a face. It uses what naming kept, if that has the same number format."""
    classifier = model.perturbation_model(named.view.pixels, named.classifier, named.activations)
    is_exact = named.classifier is model.exact
    runner = PerturbationRunner(classifier, named.view, None if is_exact else named.activations.unaltered)
    if is_exact:
        runner.count("rounding", classifier.naming_passes)
    return runner


def with_evidence(findings: Findings, view: FaceView, maps: np.ndarray) -> Findings:
    """The findings with an evidence map for each candidate.

    Args:
        maps: (k, h, w) float32, in the order of the candidates.
    """
    stored = [Map.from_array(to_grey(each)) for each in maps]
    placed = view.placed(stored[0].to_array())
    outside = share_outside(findings.features, placed)
    return replace(
        findings,
        candidates=[
            candidate.model_copy(update={"evidence": each})
            for candidate, each in zip(findings.candidates, stored, strict=True)
        ],
        explanation=findings.explanation.model_copy(update={"evidence_outside": outside}),
        evidence=placed,
    )


def analyze_face(
    model: LoadedModel, finder: FeatureFinder | None, rules: Rules, view: FaceView, clock: Stopwatch
) -> Findings:
    """Both stages: name a face, and run the experiments.

    Args:
        finder: None if its cascades did not load; then there are no features.

    Raises:
        ForwardPassFailed: code 4.
    """
    named = with_features(name_face(model, rules, view, clock), finder, rules, clock)
    return run_experiments(model, named, clock)
