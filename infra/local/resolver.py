"""Resolves the intrinsic functions and conditions of a CloudFormation template for a deployment target.

Only requested values are resolved, so resources that exist in the cloud only (roles, the distribution) need
no local name unless a local resource refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.names import Target, attribute, reference

NOTHING = object()  # AWS::NoValue
NAMING = ("BucketName", "QueueName", "TableName")
PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class Unresolvable(ValueError):
    """The template uses something that the local stack cannot resolve."""


@dataclass(frozen=True)
class Stack:
    """A translated template and the target it is deployed to.

    Attributes:
        template: plain CloudFormation, the output of `infra.local.template.translate`.
        parameters: values of parameters; the others keep their default.
        target: stack name, region, account and URLs.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    target: Target

    def of_type(self, kind: str) -> list[str]:
        """Logical ids of the existing resources of a type, in the template's order."""
        return [name for name in self._resources() if self.exists(name) and self._kind(name) == kind]

    def exists(self, name: str) -> bool:
        """Whether the template has the resource and its condition, if any, is true."""
        entry = self._resources().get(name)
        return entry is not None and ("Condition" not in entry or self.holds(entry["Condition"]))

    def get(self, name: str, *path: str) -> Any:
        """A resolved property of a resource, or None if the template does not set it.

        Args:
            name: logical id.
            path: keys below `Properties`, outermost first; without any, all properties.
        """
        value: Any = self._resources()[name].get("Properties", {})
        for key in path:
            value = self._outermost(value.get(key, {"Ref": "AWS::NoValue"}))
            if value is NOTHING:
                return None
        return self.resolve(value)

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template is true."""
        try:
            return bool(self.resolve(self.template["Conditions"][condition]))
        except KeyError as error:
            raise Unresolvable(f"the template has no condition {error}") from None

    def resolve(self, value: Any) -> Any:
        """Resolve all functions in a value and remove everything that is AWS::NoValue.

        Raises:
            Unresolvable: an unknown function, name or attribute.
        """
        value = self._outermost(value)
        if isinstance(value, Mapping):
            pairs = ((key, self.resolve(item)) for key, item in value.items())
            return {key: item for key, item in pairs if item is not NOTHING}
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        return value

    def _outermost(self, value: Any) -> Any:
        """Resolve the outermost function, if any, and leave nested ones unresolved."""
        function = _function(value)
        if function is None:
            return value
        name, argument = function
        if name not in self._functions():
            raise Unresolvable(f"the local stack does not support {name}")
        return self._functions()[name](argument)

    def _resources(self) -> Mapping[str, Any]:
        resources: Mapping[str, Any] = self.template["Resources"]
        return resources

    def _functions(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Condition": self.holds,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": lambda pick: self.resolve(pick[1] if self.holds(pick[0]) else pick[2]),
            "Fn::Join": lambda parts: parts[0].join(map(str, self.resolve(parts[1]))),
            "Fn::Equals": lambda pair: str(self.resolve(pair[0])) == str(self.resolve(pair[1])),
            "Fn::Not": lambda terms: not self.resolve(terms[0]),
            "Fn::And": lambda terms: all(map(self.resolve, terms)),
            "Fn::Or": lambda terms: any(map(self.resolve, terms)),
        }

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        pseudo = self.target.pseudo_parameters()
        if name in pseudo:
            return pseudo[name]
        if name in self.template.get("Parameters", {}):
            return self._parameter(name)
        return reference(self._kind(name), name, self._own_name(name), self.target)

    def _parameter(self, name: str) -> Any:
        declared = self.template["Parameters"][name]
        if name not in self.parameters and "Default" not in declared:
            raise Unresolvable(f"the parameter {name} has neither a value nor a default")
        value = self.parameters.get(name, declared.get("Default"))
        if declared["Type"] == "CommaDelimitedList":
            return str(value).split(",")
        return int(value) if declared["Type"] == "Number" else value

    def _get_att(self, path: str | list[str]) -> str:
        name, wanted = path.split(".", 1) if isinstance(path, str) else path
        kind = self._kind(name)
        value = attribute(kind, wanted, name, self._own_name(name), self.target)
        if value is None:
            raise Unresolvable(f"{name}.{wanted} ({kind}) has no local equivalent")
        return value

    def _sub(self, argument: str | list[Any]) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def fill(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(self.resolve(variables[name]))
            return str(self._get_att(name) if "." in name else self._ref(name))

        return self.target.localize(PLACEHOLDER.sub(fill, text))

    def _kind(self, name: str) -> str:
        if not self.exists(name):
            raise Unresolvable(f"the template has no parameter or resource {name!r}")
        return str(self._resources()[name]["Type"])

    def _own_name(self, name: str) -> str | None:
        properties = self._resources()[name].get("Properties", {})
        given = [properties[key] for key in NAMING if key in properties]
        return str(self.resolve(given[0])) if given else None


def _function(value: Any) -> tuple[str, Any] | None:
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((name, argument),) = value.items()
    if name in ("Ref", "Condition") and isinstance(argument, str):
        return name, argument
    return (name, argument) if str(name).startswith("Fn::") else None
