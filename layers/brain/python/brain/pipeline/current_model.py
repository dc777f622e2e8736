"""The model with the current people: one consistent version for each photo."""

from __future__ import annotations

from collections.abc import Callable

from brain.core.schema import PeopleSource
from brain.recognition.enrolled import EnrolledPeople
from brain.recognition.model import LoadedModel
from brain.recognition.own_people import with_people

FindPeople = Callable[[str], EnrolledPeople | None]


class CurrentModel:
    """Reads the user's own people once per photo, and adds them to the model.

    Args:
        model: a model with only its embedded gallery.
        source: whom photos are compared with.
        people: returns the user's own people, given the checksum of the network's weights.
    """

    def __init__(self, model: LoadedModel, source: PeopleSource, people: FindPeople) -> None:
        self._model = model
        self._source = source
        self._people = people
        self._made: tuple[str | None, LoadedModel] | None = None

    def __call__(self) -> LoadedModel:
        """The model for the next photo.

        Raises:
            ForwardPassFailed: code 4, the people were enrolled with a different network.
            NamesMissing: code 5, the model knows nobody.
        """
        if self._source == "embedded":
            return self._model
        own = self._people(self._model.sha256)
        version = own.version if own is not None else None
        if self._made is None or self._made[0] != version:
            self._made = version, with_people(self._model, own, self._source)
        return self._made[1]
