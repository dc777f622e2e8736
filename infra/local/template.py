"""Translates template.yaml to plain CloudFormation offline, as AWS does during `sam deploy`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# The translator requires the locations of the built code, which do not exist locally.
CODE_LOCATIONS = {
    "CodeUri": "s3://nowhere/code",
    "ContentUri": "s3://nowhere/code",
    "ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/nowhere:latest",
}


def read_template(path: Path) -> dict[str, Any]:
    """Read a SAM template, with CloudFormation's short tags (such as `!Ref`) expanded."""
    return cast(dict[str, Any], yaml_parse(path.read_text(encoding="utf-8")))


def translate(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Translate a SAM template to CloudFormation.

    Args:
        template: the output of `read_template`; it is not modified.
        parameters: values of parameters; the others keep their default.
        region: AWS region, which determines the partition in ARNs.

    Raises:
        samtranslator.model.exceptions.InvalidDocumentException: the template is not valid.
    """
    document = dict(template)
    document["Resources"] = {
        name: _with_code_location(resource) for name, resource in template["Resources"].items()
    }
    # Only the session's region is used. A real session would load the user's AWS settings.
    session = cast(Session, SimpleNamespace(region_name=region))
    translator = Translator({}, Parser(), boto_session=session)
    return cast(dict[str, Any], translator.translate(document, _values(template, parameters)))


def _values(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    declared = template.get("Parameters", {})
    defaults = {name: entry["Default"] for name, entry in declared.items() if "Default" in entry}
    return {**defaults, **given}


def _with_code_location(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = dict(resource.get("Properties", {}))
    for name, location in CODE_LOCATIONS.items():
        if name in properties:
            properties[name] = location
    if properties.get("PackageType") == "Image":
        properties["ImageUri"] = CODE_LOCATIONS["ImageUri"]
    return {**resource, "Properties": properties}
