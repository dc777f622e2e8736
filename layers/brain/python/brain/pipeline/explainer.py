"""The whole pipeline: a photo's bytes in, an explanation out. Imports no AWS library.

    decode -> detect -> align -> crop -> name -> pictures -> words -> experiments -> evidence map -> words

It has two stages: the name with its class activation maps, and the tested explanation. The network sees
`cropped.jpg` as it is stored, so everything in a result can be recomputed from its artifacts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from brain.core.clock import now
from brain.core.errors import BrainError, CascadesMissing, NoSignificantFeatures
from brain.core.memory import keep_freed_memory
from brain.core.results import Model, PhotoRequest, Problem, Status
from brain.core.schema import CamMethod
from brain.core.settings import Settings
from brain.core.stopwatch import Progress, Stopwatch
from brain.explanation.experiments import run_experiments
from brain.explanation.findings import Findings, Rules
from brain.explanation.naming import name_face, with_features
from brain.face.features import FeatureFinder
from brain.face.photo import Photo, decode
from brain.pipeline.comparison import compare, draw_comparison, face_of
from brain.pipeline.current_model import CurrentModel, FindPeople
from brain.pipeline.explained_photo import (
    ExplainedPhoto,
    artifacts_of,
    contents_of,
    describe_model,
    explained,
    named_result,
    whole,
)
from brain.pipeline.face_location import FaceLocator, FoundFace
from brain.pipeline.people_folder import PeopleFolder
from brain.recognition.hardware import use_threads
from brain.recognition.model import LoadedModel, load_model
from brain.rendering import drawing
from brain.rendering.words import rules as words

# Is called with files by name.
OnPictures = Callable[[Mapping[str, bytes]], None]


def ignore(files: Mapping[str, bytes]) -> None:
    """Do nothing with the files."""


class Explainer:
    """Everything loaded once and used for every photo.

    Args:
        model: returns the network and the current names; called once per photo.
        faces: finds the face in a photo.
        finder: finds features; None when its cascades did not load, which every result then reports
            as error 6.
        rules: the settings that affect an explanation.
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
        if not model.network.is_small:
            keep_freed_memory()
        rules = Rules(settings.threshold, settings.check, settings.language, settings.cam)
        faces = FaceLocator.load(settings, model.network.config)
        find_people = people or PeopleFolder(settings).people_for
        return cls(CurrentModel(model, settings.people, find_people), faces, finder, rules)

    @property
    def model(self) -> Model:
        """The network, and the people whom it currently knows."""
        return describe_model(self._model())

    @property
    def cam(self) -> CamMethod:
        """The method of the class activation maps."""
        return self._rules.cam or self._model().network.config.cam.method

    def explain(
        self, photo: bytes, request: PhotoRequest, progress: Progress | None = None
    ) -> ExplainedPhoto:
        """Explain one photo: both stages in one.

        Args, Raises: see `stages`.

        Returns:
            The result with status `done`, and all artifacts.
        """
        return whole(self.stages(photo, request, progress))

    def explain_faces(self, photo: Photo, request: PhotoRequest, clock: Stopwatch) -> list[ExplainedPhoto]:
        """Explain every face of a photo.

        Args:
            request: what is asked about the photo; its `face` is ignored.
            clock: a stopwatch that has measured the decoding of the photo.

        Returns:
            For each face what `explain` returns, the largest and most central face first.

        Raises:
            BrainError: codes 3 and 4.
        """
        model = self._model()
        with clock.stage("face"):
            faces = self._faces.find_all(photo)
        request = sized(request, photo)
        return [whole(self._explained(model, found, request, clock.copy())) for found in faces]

    def stages(
        self,
        photo: bytes,
        request: PhotoRequest,
        progress: Progress | None = None,
        on_pictures: OnPictures = ignore,
    ) -> Iterator[ExplainedPhoto]:
        """Explain one photo stage by stage.

        Args:
            photo: the file's bytes.
            request: what is asked about it.
            progress: called with the name of each step as it begins.
            on_pictures: called with pictures as soon as they are drawn, while the rest of their stage is
                still being computed.

        Yields:
            The name with its class activation maps, with status `named`. Then the tested explanation with
            status `done` and the new files. It contains error 6 if no feature was significant, and a
            comparison if the request names another photo.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        clock, model = Stopwatch(progress), self._model()
        found, request = self._found(photo, request, clock)
        yield from self._explained(model, found, request, clock, on_pictures)

    def _found(self, photo: bytes, request: PhotoRequest, clock: Stopwatch) -> tuple[FoundFace, PhotoRequest]:
        """The requested face, and the request with the photo's size. The photo's pixels are not kept."""
        with clock.stage("decode"):
            decoded = decode(photo)
        with clock.stage("face"):
            found = self._faces.find(decoded, request.face)
        return found, sized(request, decoded)

    def _explained(
        self,
        model: LoadedModel,
        found: FoundFace,
        request: PhotoRequest,
        clock: Stopwatch,
        on_pictures: OnPictures = ignore,
    ) -> Iterator[ExplainedPhoto]:
        """Both stages of a face that was found."""
        other = face_of(model, request.compare_with) if request.compare_with else None
        named = name_face(model, self._rules, found.view, clock)
        with clock.stage("blend"):
            pictures = drawing.draw_activation_maps(found.view, found.jpeg, named.findings)
        on_pictures(contents_of(pictures))
        named = with_features(named, self._finder, self._rules, clock)
        result = named_result(request, model, found.face)
        yield explained(result, named.findings, pictures, clock)
        added: dict[str, drawing.Picture] = {}

        def draw_evidence(findings: Findings) -> None:
            added.update(drawing.draw_evidence(findings))
            on_pictures(contents_of(added))

        findings, comparison = run_experiments(model, named, clock, draw_evidence), None
        if other:
            comparison = compare(model, named, other, self._rules, clock)
            added.update(draw_comparison(comparison, found.view, other))
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
        """Error 6 if neither the map nor the experiments single out a feature."""
        hints = words.hints(self._rules.language)
        if self._finder is None:
            return report(NoSignificantFeatures("feature-cascades", hints.feature_cascades))
        if found.explanation.reasons or any(feature.significant for feature in found.features):
            return None
        return report(NoSignificantFeatures("none-significant", hints.none_significant))


def sized(request: PhotoRequest, photo: Photo) -> PhotoRequest:
    """The request with the photo's size in its source."""
    size = {"width": photo.width, "height": photo.height}
    return replace(request, source=request.source.model_copy(update=size))


def report(error: BrainError) -> Problem:
    """Print an error's message to stderr, as specified for every error code, and return its stored form."""
    print(error.message, file=sys.stderr)
    return Problem.of(error)
