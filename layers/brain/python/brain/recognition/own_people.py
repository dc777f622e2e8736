"""Adds the user's own people to a model, beside the embedded people or instead of them."""

from __future__ import annotations

from dataclasses import replace

import torch

from brain.core.errors import NamesMissing
from brain.core.results import People
from brain.core.schema import PeopleSource
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.enrolled import EnrolledPeople
from brain.recognition.gallery import Gallery
from brain.recognition.loading import gallery_tensors
from brain.recognition.model import LoadedModel
from brain.recognition.names import fold

# The logit of an embedded person whom one of the user's own people replaces: below all others, but finite.
REPLACED = -1000.0
HINT_GALLERY = (
    "This network names a fixed list of identities. Choose one with a gallery, such as dlib-resnet."
)
HINT_NOBODY = "Enrol somebody (`brain people add NAME PHOTO ...`), or name the embedded people as well."


def with_people(model: LoadedModel, own: EnrolledPeople | None, source: PeopleSource) -> LoadedModel:
    """The model that names embedded people, the user's own people, or both.

    Embedded people keep their labels; the others follow, sorted by name. A person in both galleries is named
    by the user's own photos. Weights are shared with the given model, so this takes milliseconds.

    Args:
        model: a loaded model with its embedded gallery.
        own: people who were enrolled with this network; None or empty if there are none.

    Raises:
        NamesMissing: code 5, only the user's own people are wanted, but there are none, or the network names
            a fixed list of identities.
    """
    network = model.network
    if source == "embedded":
        return model
    if not isinstance(network, DescriptorNetwork):
        if source == "own":
            raise NamesMissing("no-gallery", HINT_GALLERY)
        return model
    if own is None or not own.photos:
        if source == "own":
            raise NamesMissing("nobody-enrolled", HINT_NOBODY)
        return replace(model, people=People(source=source, embedded=model.gallery_checksum))
    return only_own(model, network, own) if source == "own" else own_and_embedded(model, network, own)


def only_own(model: LoadedModel, network: DescriptorNetwork, own: EnrolledPeople) -> LoadedModel:
    """The model that names only the user's own people. The embedded ones show how strangers compare."""
    gallery = own.gallery()
    tensors = gallery_tensors(gallery, network.config)
    others = ~torch.tensor(replaced_by(gallery, model.names))
    return replace(
        model,
        network=network.with_gallery(tensors["gallery.weight"], tensors["gallery.bias"]),
        names=gallery.names,
        people=People(source="own", own=own.version),
        embedded=0,
        strangers=(network.gallery.weight[others], network.gallery.bias[others]),
    )


def own_and_embedded(model: LoadedModel, network: DescriptorNetwork, own: EnrolledPeople) -> LoadedModel:
    """The model that names embedded people and the user's own people."""
    gallery = own.gallery()
    tensors = gallery_tensors(gallery, network.config)
    replaced = torch.tensor(replaced_by(gallery, model.names))
    weights = torch.cat([network.gallery.weight, tensors["gallery.weight"]])
    biases = torch.cat([torch.where(replaced, REPLACED, network.gallery.bias), tensors["gallery.bias"]])
    return replace(
        model,
        network=network.with_gallery(weights, biases),
        names=(*model.names, *gallery.names),
        people=People(source="both", embedded=model.gallery_checksum, own=own.version),
        embedded=len(model.names),
    )


def replaced_by(own: Gallery, embedded: tuple[str, ...]) -> list[bool]:
    """For each embedded person, whether the gallery has somebody of that name, ignoring case and accents."""
    names = {fold(name) for name in own.names}
    return [fold(name) in names for name in embedded]
