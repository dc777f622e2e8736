"""The project's template as a stack in the cloud, with default parameters or with all options enabled."""

from __future__ import annotations

from typing import Any

from brain.core.settings import REPOSITORY
from infra.local.names import Target
from infra.local.resolver import Stack

TEMPLATE = REPOSITORY / "template.yaml"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
EVERYTHING = {
    "MalwareScan": "yes",
    "ProvisionedConcurrency": "2",
    "DomainName": "faces.example.org",
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/01234567-89ab-cdef-0123-456789abcdef",
    "HostedZoneId": "Z0123456789",
    "WebAcl": "create",
    "JwtIssuer": "https://login.example.org",
    "JwtAudience": "faces,others",
    "KmsKeyArn": KEY,
    "VpcSubnetIds": "subnet-1,subnet-2",
    "VpcSecurityGroupIds": "sg-1",
    "AlarmEmail": "team@example.org",
}
ENROLLING = {**EVERYTHING, "MalwareScan": "no", "People": "both"}
VARIANTS = {"defaults": {}, "all options": EVERYTHING, "people of its own": ENROLLING}


class CloudTarget(Target):
    """A deployment target in the cloud, where URLs are not replaced."""

    def localize(self, text: str) -> str:
        return text


def stack_of(translated: dict[str, Any], region: str = "us-east-1", **parameters: str) -> Stack:
    place = CloudTarget("brain", region, ACCOUNT, f"https://sqs.{region}.amazonaws.com", "")
    return Stack(translated, parameters, place)
