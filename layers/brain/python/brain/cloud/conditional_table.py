"""A DynamoDB table whose items are changed conditionally."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

PLACEHOLDER = re.compile(r"#(\w+)")


class ConditionalTable:
    """Reads and changes items by their key `id`. Thread-safe, as boto3 clients are.

    Expressions write attribute names as ``#name`` and values as ``:name``.

    Args:
        client: boto3's DynamoDB client.
        name: name of the table.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, item_id: str) -> dict[str, Any] | None:
        """The item, read consistently, or None."""
        response = self._client.get_item(TableName=self._name, Key=_key(item_id), ConsistentRead=True)
        return _from_dynamodb(response["Item"]) if "Item" in response else None

    def create(self, item: Mapping[str, Any]) -> bool:
        """Create an item. Returns False if it exists already."""
        condition = "attribute_not_exists(id)"
        request = {"Item": _to_dynamodb(item), "ConditionExpression": condition}
        return self._conditionally(self._client.put_item, request) is not None

    def update(self, item_id: str, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Update an item if a condition holds. Returns whether it did."""
        return self._update(item_id, change, condition, values, "NONE") is not None

    def update_returning_old(
        self, item_id: str, change: str, condition: str, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Update an item if a condition holds.

        Returns:
            The attributes before the update; None if the condition did not hold.
        """
        return self._update(item_id, change, condition, values, "ALL_OLD")

    def delete(self, item_id: str) -> None:
        """Delete an item, if it exists."""
        self._client.delete_item(TableName=self._name, Key=_key(item_id))

    def delete_if(self, item_id: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Delete an item if a condition holds. Returns whether it did."""
        request = {
            "Key": _key(item_id),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _names(condition),
            "ExpressionAttributeValues": _to_dynamodb(values),
        }
        return self._conditionally(self._client.delete_item, request) is not None

    def _update(
        self, item_id: str, change: str, condition: str, values: Mapping[str, Any], returned: str
    ) -> dict[str, Any] | None:
        request = {
            "Key": _key(item_id),
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _names(change + condition),
            "ExpressionAttributeValues": _to_dynamodb(values),
            "ReturnValues": returned,
        }
        return self._conditionally(self._client.update_item, request)

    def _conditionally(self, operation: Any, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """The attributes in the response to a request; None if its condition did not hold."""
        try:
            response = operation(TableName=self._name, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None
        return _from_dynamodb(response.get("Attributes", {}))


def _key(item_id: str) -> dict[str, Any]:
    return _to_dynamodb({"id": item_id})


def _names(expression: str) -> dict[str, str]:
    return {f"#{name}": name for name in PLACEHOLDER.findall(expression)}


def _to_dynamodb(values: Mapping[str, Any]) -> dict[str, Any]:
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in values.items()}


def _from_dynamodb(item: Mapping[str, Any]) -> dict[str, Any]:
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in item.items()}
