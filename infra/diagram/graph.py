"""The stack as boxes and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.diagram.edges import BROWSER, Edge, edges_of, first_reference, properties_of
from infra.local.identity import Place
from infra.local.resolver import Stack

KINDS = {
    "AWS::ApiGatewayV2::Api": "HTTP API",
    "AWS::ApiGatewayV2::Authorizer": "JWT authoriser",
    "AWS::CloudFront::Distribution": "CloudFront",
    "AWS::DynamoDB::Table": "DynamoDB table",
    "AWS::Events::Rule": "EventBridge rule",
    "AWS::GuardDuty::MalwareProtectionPlan": "GuardDuty scan",
    "AWS::Lambda::Function": "Lambda function",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::SNS::Subscription": "e-mail",
    "AWS::SNS::Topic": "SNS topic",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::WAFv2::WebACL": "firewall (WAF)",
}
# One value each that turns an option on; what it stands for does not show in the picture.
OPTIONS = {
    "MalwareScan": "yes",
    "WebAcl": "create",
    "JwtIssuer": "https://issuer.example",
    "AlarmEmail": "team@example.org",
}


@dataclass(frozen=True)
class Node:
    """A resource. `alarms` watch it; `optional` ones are there by a parameter only."""

    name: str
    kind: str
    alarms: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Graph:
    """Nodes and edges, in the template's order."""

    nodes: list[Node]
    edges: list[Edge]


def graph_of(template: Mapping[str, Any]) -> Graph:
    """The graph of a translated template; what comes with an option only is marked so."""
    place = Place("brain", "us-east-1", "123456789012", "", "")
    plain, full = (_drawn(Stack(template, options, place)) for options in ({}, OPTIONS))
    names = {node.name for node in plain.nodes}
    always = {(edge.source, edge.target) for edge in plain.edges}
    nodes = [Node(node.name, node.kind, node.alarms, node.name not in names) for node in full.nodes]
    extra = [edge for edge in full.edges if (edge.source, edge.target) not in always]
    edges = [*plain.edges, *(Edge(one.source, one.target, one.label, True) for one in extra)]
    return Graph(nodes, edges)


def _drawn(stack: Stack) -> Graph:
    alarms = dict(_watched(stack))
    nodes = [Node(BROWSER, "the page at work")]
    for name, resource in stack.template["Resources"].items():
        if stack.exists(name) and resource["Type"] in KINDS:
            watching = tuple(alarm for alarm, watched in alarms.items() if watched == name)
            nodes.append(Node(name, KINDS[resource["Type"]], watching))
    known = {node.name for node in nodes}
    edges = dict.fromkeys(edge for edge in edges_of(stack) if {edge.source, edge.target} <= known)
    return Graph(nodes, list(edges))


def _watched(stack: Stack) -> Iterator[tuple[str, str]]:
    for name in stack.of_type("AWS::CloudWatch::Alarm"):
        yield name, first_reference(properties_of(stack, name)["Dimensions"])
