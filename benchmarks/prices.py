"""AWS prices in us-east-1, in US dollars, with source and date; and the service quotas that matter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """A published price.

    Attributes:
        what: the service.
        dollars: the price of `units` units.
        units: how many units the price is for.
        unit: the unit in words, with its number.
        source: where the price was read, and when.
    """

    what: str
    dollars: float
    units: float
    unit: str
    source: str

    @property
    def per_unit(self) -> float:
        """US dollars per single unit."""
        return self.dollars / self.units


LAMBDA_PAGE = "wring.co/blog/aws-lambda-pricing-guide, 2026-03-08"
FROM_MEMORY = "AWS's pricing page as of 2025, not checked again"

LAMBDA_X86 = Price("Lambda, x86", 0.0000166667, 1, "GB-second, first 6 billion a month", LAMBDA_PAGE)
LAMBDA_ARM = Price("Lambda, arm", 0.0000133334, 1, "GB-second, first 7.5 billion a month", LAMBDA_PAGE)
INVOCATION = Price("Lambda, requests", 0.20, 1e6, "million", LAMBDA_PAGE)
S3_PUT = Price("S3, PUT and POST", 0.005, 1e3, "thousand", FROM_MEMORY)
S3_GET = Price("S3, GET", 0.0004, 1e3, "thousand", FROM_MEMORY)
S3_GB = Price("S3, storage", 0.023, 1, "GB-month", FROM_MEMORY)
SQS = Price(
    "SQS, standard queue", 0.40, 1e6, "million requests", "cloudburn.io/blog/amazon-sqs-pricing, 2026-03-14"
)
TABLE_WRITE = Price(
    "DynamoDB, on demand, write", 0.625, 1e6, "million", "airbyte.com, 2025-07-21 (halved in November 2024)"
)
TABLE_READ = Price(
    "DynamoDB, on demand, read", 0.125, 1e6, "million", "airbyte.com, 2025-07-21 (halved in November 2024)"
)
HTTP_API = Price(
    "API Gateway, HTTP API", 1.00, 1e6, "million requests", "go-cloud.io/aws-api-gateway-pricing, 2026"
)
REKOGNITION = Price(
    "Rekognition, RecognizeCelebrities", 1.00, 1e3, "thousand images, first million a month", FROM_MEMORY
)
ALL = (
    LAMBDA_X86,
    LAMBDA_ARM,
    INVOCATION,
    S3_PUT,
    S3_GET,
    S3_GB,
    SQS,
    TABLE_WRITE,
    TABLE_READ,
    HTTP_API,
    REKOGNITION,
)

# docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html and AWS News Blog, November 2025.
POLLER_START = 5
POLLER_PER_MINUTE = 300
POLLER_LIMIT = 1250
PROVISIONED_LIMIT = 20_000
# Default quotas of an AWS account as of 2025.
ACCOUNT_CONCURRENCY = 1000
TABLE_WRITES_PER_SECOND = 40_000
PUTS_PER_PREFIX = 3500
