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

    def create(self, item: Mapping[str, Any]) -> None:
        """Create an item.

        Raises:
            ClientError: `ConditionalCheckFailedException` if the item exists already.
        """
        condition = "attribute_not_exists(id)"
        self._client.put_item(TableName=self._name, Item=_to_dynamodb(item), ConditionExpression=condition)

    def update(
        self, item_id: str, change: str, condition: str, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Update an item, creating it if the condition allows.

        Returns:
            The attributes before the update, empty for a new item; None if the condition did not hold.
        """
        request = {
            "UpdateExpression": change,
            "ExpressionAttributeNames": _names(change + condition),
            "ReturnValues": "ALL_OLD",
        }
        return self._conditionally(self._client.update_item, item_id, condition, values, request)

    def delete(self, item_id: str) -> None:
        """Delete an item, if it exists."""
        self._client.delete_item(TableName=self._name, Key=_key(item_id))

    def delete_if(self, item_id: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Delete an item if a condition holds. Returns whether it did."""
        request = {"ExpressionAttributeNames": _names(condition)}
        return self._conditionally(self._client.delete_item, item_id, condition, values, request) is not None

    def _conditionally(
        self, operation: Any, item_id: str, condition: str, values: Mapping[str, Any], request: dict[str, Any]
    ) -> dict[str, Any] | None:
        try:
            response = operation(
                TableName=self._name,
                Key=_key(item_id),
                ConditionExpression=condition,
                ExpressionAttributeValues=_to_dynamodb(values),
                **request,
            )
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
