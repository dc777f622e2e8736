"""Invariants of the page: its headers, its distribution and its error page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from brain.core.settings import REPOSITORY
from tests.resolved_template import Resources, of_type, references


def only_the_site_uploads(resources: Resources) -> Iterator[str]:
    for name, bucket in of_type(resources, "AWS::S3::Bucket"):
        for rule in bucket.get("CorsConfiguration", {}).get("CorsRules", []):
            if "SiteDistribution" not in set(references(rule["AllowedOrigins"])) or "*" in json.dumps(rule):
                yield f"{name} accepts other origins than the page's"
    uploads = resources["UploadsBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    if [rule["AllowedMethods"] for rule in uploads] != [["POST"]]:
        yield "UploadsBucket accepts more than POST"


def the_page_is_guarded(resources: Resources) -> Iterator[str]:
    ((_, policy),) = of_type(resources, "AWS::CloudFront::ResponseHeadersPolicy")
    headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0]
    needed = (
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
    )
    if "unsafe" in text or "*" in text or any(directive not in text for directive in needed):
        yield "the content security policy is not strict"
    others = {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy", "StrictTransportSecurity"}
    if not others <= set(headers):
        yield "a security header is missing"


def the_distribution_is_secure(resources: Resources) -> Iterator[str]:
    ((_, distribution),) = of_type(resources, "AWS::CloudFront::Distribution")
    config = distribution["DistributionConfig"]
    if config["HttpVersion"] != "http2and3":
        yield "no HTTP/3"
    site, api = config["Origins"]
    if (
        "OriginAccessControlId" not in site
        or api["CustomOriginConfig"]["OriginProtocolPolicy"] != "https-only"
    ):
        yield "an origin is open"
    for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        if behaviour["ViewerProtocolPolicy"] == "allow-all" or not behaviour["Compress"]:
            yield "unencrypted or uncompressed responses"
        if "ResponseHeadersPolicyId" not in behaviour:
            yield "responses without security headers"
    (behaviour,) = config["CacheBehaviors"]
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    if (behaviour["PathPattern"], behaviour["CachePolicyId"]) != ("/api/*", disabled):
        yield "the API's responses are cached"


def missing_pages_have_an_error_page(resources: Resources) -> Iterator[str]:
    config = resources["SiteDistribution"]["Properties"]["DistributionConfig"]
    for error in config["CustomErrorResponses"]:
        if error["ErrorCode"] != 403 or error["ResponseCode"] != 404:
            yield "a response of the API is replaced by a page"
        if not (REPOSITORY / "static_site" / error["ResponsePagePath"].lstrip("/")).is_file():
            yield f"there is no {error['ResponsePagePath']}"
