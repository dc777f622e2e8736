"""template.yaml -> plain CloudFormation, offline: what `sam deploy` lets AWS do, done here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# The translator wants to know where the built code lies in the cloud; here it lies nowhere.
BUILT = {
    "CodeUri": "s3://nowhere/code",
    "ContentUri": "s3://nowhere/code",
    "ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/nowhere:latest",
}


def read_template(path: Path) -> dict[str, Any]:
    """The SAM template at `path`, CloudFormation's short tags (`!Ref` and the like) written out."""
    return cast(dict[str, Any], yaml_parse(path.read_text(encoding="utf-8")))


def translate(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Translate a SAM template to CloudFormation.

    Args:
        template: as `read_template` gives it; it is not changed.
        parameters: values of parameters; those that are absent keep their default.
        region: AWS region, which decides the partition in the ARNs that SAM writes.

    Raises:
        samtranslator.model.exceptions.InvalidDocumentException: SAM refuses the template.
    """
    document = dict(template)
    document["Resources"] = {name: _built(resource) for name, resource in template["Resources"].items()}
    # Only the session's region is read. A real session would read the user's own AWS settings.
    session = cast(Session, SimpleNamespace(region_name=region))
    translator = Translator({}, Parser(), boto_session=session)
    return cast(dict[str, Any], translator.translate(document, _values(template, parameters)))


def _values(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    declared = template.get("Parameters", {})
    defaults = {name: entry["Default"] for name, entry in declared.items() if "Default" in entry}
    return {**defaults, **given}


def _built(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = dict(resource.get("Properties", {}))
    for name, place in BUILT.items():
        if name in properties:
            properties[name] = place
    if properties.get("PackageType") == "Image":
        properties["ImageUri"] = BUILT["ImageUri"]
    return {**resource, "Properties": properties}
