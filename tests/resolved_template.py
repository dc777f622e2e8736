"""A template with evaluated conditions, and functions to look things up in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.resolver import Stack

Resources = dict[str, Any]

NO_VALUE = {"Ref": "AWS::NoValue"}


def effective(stack: Stack) -> Resources:
    """The existing resources of a stack, with conditions evaluated and references unresolved."""
    return {
        name: evaluate_conditions(resource, stack)
        for name, resource in stack.template["Resources"].items()
        if stack.exists(name)
    }


def evaluate_conditions(value: Any, stack: Stack) -> Any:
    """A value with its conditions evaluated."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        condition, when, otherwise = value["Fn::If"]
        return evaluate_conditions(when if stack.holds(condition) else otherwise, stack)
    if isinstance(value, dict):
        pairs = ((key, evaluate_conditions(item, stack)) for key, item in value.items())
        return {key: item for key, item in pairs if item != NO_VALUE}
    if isinstance(value, list):
        return [
            item for item in (evaluate_conditions(element, stack) for element in value) if item != NO_VALUE
        ]
    return value


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource.get("Properties", {})


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to by Ref, Fn::GetAtt or Fn::Sub."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        match key:
            case "Ref":
                yield item
            case "Fn::GetAtt":
                yield as_list(item)[0].split(".")[0]
            case "Fn::Sub":
                text, variables = (item, {}) if isinstance(item, str) else item
                names = {part.partition("}")[0].split(".")[0] for part in text.split("${")[1:]}
                yield from names - set(variables)
                yield from references(variables)
            case _:
                yield from references(item)
