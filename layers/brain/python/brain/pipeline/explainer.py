"""The composition: a photo's bytes in, an explanation out. Knows no AWS.

    decode -> detect -> align -> crop -> name -> pictures -> words -> experiments -> evidence map -> words

It has two stages: the name with its class activation maps, and the checked explanation. The network sees
`cropped.jpg` as it is stored, so everything in a result can be recomputed from its artifacts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch

from brain.core.clock import now
from brain.core.errors import BrainError, CascadesMissing, NoSignificantFeatures
from brain.core.results import Model, PhotoRequest, Problem, Result, Status
from brain.core.settings import Settings
from brain.core.stopwatch import Progress, Stopwatch
from brain.explanation.experiments import run_experiments
from brain.explanation.findings import Findings, Rules
from brain.explanation.naming import name_face, with_features
from brain.face.features import FeatureFinder
from brain.face.photo import decode
from brain.pipeline.comparison import compare, draw_comparison, face_of
from brain.pipeline.current_model import CurrentModel, FindPeople
from brain.pipeline.face_location import FaceLocator
from brain.pipeline.people_folder import PeopleFolder
from brain.recognition.hardware import use_threads
from brain.recognition.model import LoadedModel, load_model
from brain.rendering import drawing
from brain.rendering.words import rules as words


@dataclass(frozen=True)
class ExplainedPhoto:
    """A result and its artifacts, file name -> bytes; `result.json` itself is not among them."""

    result: Result
    files: dict[str, bytes]


class Explainer:
    """Everything loaded once and used for every photo.

    Args:
        model: returns network and names as they are now; asked once per photo.
        faces: finds the face in a photo.
        finder: finds features; None when its cascades did not load, which every result then reports
            as error 6.
        rules: what decides beside the photo.
    """

    def __init__(
        self,
        model: Callable[[], LoadedModel],
        faces: FaceLocator,
        finder: FeatureFinder | None,
        rules: Rules,
    ) -> None:
        self._model = model
        self._faces = faces
        self._finder = finder
        self._rules = rules

    @classmethod
    def load(cls, settings: Settings, people: FindPeople | None = None) -> Explainer:
        """Load cascades and model as the settings say.

        Args:
            settings: of the process.
            people: finds the user's own people; None for those in the settings' folder.

        Raises:
            CascadesMissing: code 2.
            ForwardPassFailed: code 4, the weights do not load.
            NamesMissing: code 5.
        """
        use_threads(settings.function_memory)
        try:
            finder = FeatureFinder(settings.cascades_dir, settings.extra_cascades_dir)
        except CascadesMissing as error:
            report(error)
            finder = None
        model = load_model(settings.models_dir / settings.model, settings.dtype)
        rules = Rules(settings.threshold, settings.check, settings.language, settings.cam)
        faces = FaceLocator.load(settings, model.network.config)
        find_people = people or PeopleFolder(settings).people_for
        return cls(CurrentModel(model, settings.people, find_people), faces, finder, rules)

    @property
    def model(self) -> Model:
        """Which network answers now, and whom it knows."""
        return describe_model(self._model())

    def explain(
        self, photo: bytes, request: PhotoRequest, progress: Progress | None = None
    ) -> ExplainedPhoto:
        """Explain one photo: both stages in one.

        Args, Raises: see `stages`.

        Returns:
            The result with status `done`, and all artifacts.
        """
        named, done = self.stages(photo, request, progress)
        return ExplainedPhoto(done.result, {**named.files, **done.files})

    def stages(
        self,
        photo: bytes,
        request: PhotoRequest,
        progress: Progress | None = None,
        on_pictures: Callable[[Mapping[str, bytes]], None] = lambda files: None,
    ) -> Iterator[ExplainedPhoto]:
        """Explain one photo stage by stage.

        Args:
            photo: the file's bytes.
            request: what is asked about it.
            progress: called with the name of each step as it begins.
            on_pictures: called with the pictures of the first stage as soon as they are drawn, while the rest
                of it is still to be computed.

        Yields:
            The name with its class activation maps, with status `named`. Then the checked explanation with
            status `done`, and the files that were not there before; with error 6 in it when no feature was
            significant, and with the comparison where the request names another photo.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        clock, model = Stopwatch(progress), self._model()
        other = face_of(model, request.compare_with) if request.compare_with else None
        with clock.stage("decode"):
            decoded = decode(photo)
        with clock.stage("face"):
            found = self._faces.find(decoded, request.face)
        named = name_face(model, self._rules, found.view, clock)
        with clock.stage("blend"):
            pictures = drawing.draw_activation_maps(found.view, found.jpeg, named.findings)
        on_pictures(contents_of(pictures))
        named = with_features(named, self._finder, self._rules, clock)
        result = Result(
            id=request.upload_id,
            status=Status.NAMED,
            created_at=request.created_at,
            source=request.source.model_copy(update={"width": decoded.width, "height": decoded.height}),
            model=describe_model(model),
            face=found.face,
        )
        yield explained(result, named.findings, pictures, clock)
        findings = run_experiments(model, named, clock)
        added, comparison = drawing.draw_evidence(findings), None
        if other:
            comparison = compare(model, named, other, self._rules, clock)
            added = {**added, **draw_comparison(comparison, found.view, other)}
        done = result.model_copy(
            update={
                "status": Status.DONE,
                "finished_at": now(),
                "error": self._problem(findings),
                "comparison": comparison,
                "artifacts": artifacts_of(pictures),
            }
        )
        yield explained(done, findings, added, clock)

    def _problem(self, found: Findings) -> Problem | None:
        """Error 6: nothing can be named, neither by the map nor by experiment."""
        hints = words.hints(self._rules.language)
        if self._finder is None:
            return report(NoSignificantFeatures("feature-cascades", hints.feature_cascades))
        if found.explanation.reasons or any(feature.significant for feature in found.features):
            return None
        return report(NoSignificantFeatures("none-significant", hints.none_significant))


def report(error: BrainError) -> Problem:
    """Print an error's message to stderr, as the design asks, and return its stored form."""
    print(error.message, file=sys.stderr)
    return Problem.of(error)


def describe_model(model: LoadedModel) -> Model:
    """What a result says of the network that answered."""
    network = model.network
    return Model(
        name=network.config.name,
        version=network.config.version,
        identities=network.config.identities,
        sha256=model.sha256,
        people=model.people,
        dtype="bfloat16" if network.dtype is torch.bfloat16 else "float32",
    )


def explained(
    result: Result, findings: Findings, pictures: Mapping[str, drawing.Picture], clock: Stopwatch
) -> ExplainedPhoto:
    """A stage as it is stored: the result with the findings, and the pictures that were added."""
    update = {
        "artifacts": {**result.artifacts, **artifacts_of(pictures)},
        "timings": dict(clock.timings),
    }
    complete = with_findings(result, findings).model_copy(update=update)
    return ExplainedPhoto(complete, contents_of(pictures))


def contents_of(pictures: Mapping[str, drawing.Picture]) -> dict[str, bytes]:
    """Files by name."""
    return {picture.name: picture.data for picture in pictures.values()}


def artifacts_of(pictures: Mapping[str, drawing.Picture]) -> dict[str, str]:
    """File names by role."""
    return {role: picture.name for role, picture in pictures.items()}


def with_findings(result: Result, findings: Findings) -> Result:
    """The result with everything that a crop decides, and the sentences about it."""
    return with_words(
        result.model_copy(
            update={
                "identity": findings.identity,
                "candidates": findings.candidates,
                "features": findings.features,
                "explanation": findings.explanation,
                "passes": findings.passes,
            }
        )
    )


def with_words(result: Result) -> Result:
    """The result with its sentences (again) written from everything else in it."""
    return result.model_copy(update={"explanation": words.explanation(result)})
