"""The page's response headers, from the template's CloudFront response headers policy."""

from __future__ import annotations

from infra.local.resolver import Stack

POLICY = "AWS::CloudFront::ResponseHeadersPolicy"


def response_headers(stack: Stack) -> dict[str, str]:
    """Header values by name, with local URLs in place of the cloud's."""
    headers: dict[str, str] = {}
    for policy in stack.of_type(POLICY):
        config = stack.get(policy, "ResponseHeadersPolicyConfig")
        headers |= _security(config.get("SecurityHeadersConfig", {}))
        custom = config.get("CustomHeadersConfig", {}).get("Items", [])
        headers |= {item["Header"]: item["Value"] for item in custom}
    return headers


def _security(config: dict[str, dict[str, str | int]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, settings in config.items():
        match name:
            case "ContentSecurityPolicy":
                headers["Content-Security-Policy"] = str(settings["ContentSecurityPolicy"])
            case "ContentTypeOptions":
                headers["X-Content-Type-Options"] = "nosniff"
            case "FrameOptions":
                headers["X-Frame-Options"] = str(settings["FrameOption"])
            case "ReferrerPolicy":
                headers["Referrer-Policy"] = str(settings["ReferrerPolicy"])
            case "StrictTransportSecurity":
                pass  # has no effect on plain HTTP
            case _:
                raise ValueError(f"the local stack does not support the security header {name}")
    return headers
