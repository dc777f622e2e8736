"""The stack as a graph of resources and connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.diagram.edges import BROWSER, Edge, edges_of, first_reference, properties_of
from infra.local.names import Target
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
# A value for each parameter that enables optional resources; the value itself is not drawn.
OPTIONS = {
    "MalwareScan": "yes",
    "WebAcl": "create",
    "JwtIssuer": "https://issuer.example",
    "AlarmEmail": "team@example.org",
}


@dataclass(frozen=True)
class Node:
    """A resource. `alarms` monitor it; `optional` ones are created by a parameter."""

    name: str
    kind: str
    alarms: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Graph:
    """Nodes and edges in the template's order."""

    nodes: list[Node]
    edges: list[Edge]


def graph_of(template: Mapping[str, Any]) -> Graph:
    """The graph of a translated template, with optional resources and connections marked as such."""
    target = Target("brain", "us-east-1", "123456789012", "", "")
    plain, full = (_graph(Stack(template, options, target)) for options in ({}, OPTIONS))
    names = {node.name for node in plain.nodes}
    always = {(edge.source, edge.target) for edge in plain.edges}
    nodes = [Node(node.name, node.kind, node.alarms, node.name not in names) for node in full.nodes]
    extra = [edge for edge in full.edges if (edge.source, edge.target) not in always]
    edges = [*plain.edges, *(Edge(edge.source, edge.target, edge.label, True) for edge in extra)]
    return Graph(nodes, edges)


def _graph(stack: Stack) -> Graph:
    alarms = dict(_monitored(stack))
    nodes = [Node(BROWSER, "the page")]
    for name, resource in stack.template["Resources"].items():
        if stack.exists(name) and resource["Type"] in KINDS:
            own_alarms = tuple(alarm for alarm, monitored in alarms.items() if monitored == name)
            nodes.append(Node(name, KINDS[resource["Type"]], own_alarms))
    known = {node.name for node in nodes}
    edges = dict.fromkeys(edge for edge in edges_of(stack) if {edge.source, edge.target} <= known)
    return Graph(nodes, list(edges))


def _monitored(stack: Stack) -> Iterator[tuple[str, str]]:
    for name in stack.of_type("AWS::CloudWatch::Alarm"):
        yield name, first_reference(properties_of(stack, name)["Dimensions"])
