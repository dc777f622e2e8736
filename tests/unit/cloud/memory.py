"""The parts of S3 and DynamoDB that `brain.cloud` uses, in memory. Every call may be interrupted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

Item = dict[str, Any]


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "operation")


@dataclass
class MemoryS3:
    """Objects by bucket and key. `before` and `after` are called around each call with its name."""

    before: Callable[[str], object] = lambda name: None
    after: Callable[[str], object] = lambda name: None
    objects: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    def put_object(self, **params: Any) -> Item:
        return self._call("put_object", lambda: self._put(**params))

    def get_object(self, **params: Any) -> Item:
        return self._call("get_object", lambda: self._get("NoSuchKey", "PreconditionFailed", **params))

    def head_object(self, **params: Any) -> Item:
        return self._call("head_object", lambda: self._get("404", "412", **params))

    def delete_object(self, **params: Any) -> Item:
        return self._call("delete_object", lambda: self._delete(**params))

    def delete_objects(self, Bucket: str, Delete: Any) -> Item:  # noqa: N803
        def delete() -> Item:
            for entry in Delete["Objects"]:
                self.objects.pop((Bucket, entry["Key"]), None)
            return {}

        return self._call("delete_objects", delete)

    def generate_presigned_post(self, bucket: str, key: str, **_: Any) -> Item:
        return {"url": "https://bucket.example/", "fields": {"key": key}}

    def get_paginator(self, operation: str) -> MemoryS3:
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[Item]:  # noqa: N803
        yield self._call("list_objects_v2", lambda: self._list(Bucket, Prefix))

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        return sorted(key for where, key in self.objects if where == bucket and key.startswith(prefix))

    def _call(self, name: str, act: Callable[[], Any]) -> Item:
        self.before(name)
        answer: Item = act()
        self.after(name)
        return answer

    def _put(self, Bucket: str, Key: str, Body: bytes = b"", **params: Any) -> Item:  # noqa: N803
        self._check((Bucket, Key), params, "PreconditionFailed")
        self.objects[Bucket, Key] = (Body, params.get("Metadata", {}))
        return {"ETag": _etag(Body)}

    def _get(self, absent: str, changed: str, Bucket: str, Key: str, **params: Any) -> Item:  # noqa: N803
        if (Bucket, Key) not in self.objects:
            raise refusal(absent)
        self._check((Bucket, Key), params, changed)
        body, metadata = self.objects[Bucket, Key]
        return {
            "Body": io.BytesIO(body),
            "ContentLength": len(body),
            "Metadata": metadata,
            "ETag": _etag(body),
        }

    def _delete(self, Bucket: str, Key: str, **params: Any) -> Item:  # noqa: N803
        self._check((Bucket, Key), params, "PreconditionFailed")
        self.objects.pop((Bucket, Key), None)
        return {}

    def _list(self, bucket: str, prefix: str) -> Item:
        keys = self.keys(bucket, prefix)
        return {"Contents": [{"Key": key} for key in keys]} if keys else {}

    def _check(self, where: tuple[str, str], params: Mapping[str, Any], code: str) -> None:
        stored = self.objects.get(where)
        if params.get("IfNoneMatch") == "*" and stored:
            raise refusal(code)
        if "IfMatch" in params and (stored is None or _etag(stored[0]) != params["IfMatch"]):
            raise refusal(code)


@dataclass
class MemoryTable:
    """Items of one DynamoDB table by id, and the expressions that `StatusTable` uses."""

    before: Callable[[str], object] = lambda name: None
    after: Callable[[str], object] = lambda name: None
    items: dict[str, Item] = field(default_factory=dict)

    def get_item(self, Key: Item, **_: Any) -> Item:  # noqa: N803
        def get() -> Item:
            item = self.items.get(_plain(Key)["id"])
            return {"Item": _typed(item)} if item is not None else {}

        return self._call("get_item", get)

    def put_item(self, Item: Item, **_: Any) -> Item:  # noqa: N803
        item = _plain(Item)

        def put() -> dict[str, Any]:
            if item["id"] in self.items:
                raise refusal("ConditionalCheckFailedException")
            self.items[item["id"]] = item
            return {}

        return self._call("put_item", put)

    def update_item(self, Key: Item, UpdateExpression: str, **params: Any) -> Item:  # noqa: N803
        def update() -> Item:
            before, values = self._checked(Key, params)
            item = dict(before or _plain(Key))
            _change(item, UpdateExpression, values)
            self.items[item["id"]] = item
            return {"Attributes": _typed(before)} if before else {}

        return self._call("update_item", update)

    def delete_item(self, Key: Item, **params: Any) -> Item:  # noqa: N803
        def delete() -> Item:
            before, _ = self._checked(Key, params)
            self.items.pop(_plain(Key)["id"], None)
            return {"Attributes": _typed(before)} if before else {}

        return self._call("delete_item", delete)

    def _call(self, name: str, act: Callable[[], Item]) -> Item:
        self.before(name)
        answer = act()
        self.after(name)
        return answer

    def _checked(self, key: Item, params: Mapping[str, Any]) -> tuple[Item | None, Item]:
        """The item before the change, and the values of the expressions, if the condition holds."""
        before = self.items.get(_plain(key)["id"])
        values = _plain(params.get("ExpressionAttributeValues", {}))
        if not _holds(params.get("ConditionExpression", ""), before or {}, values):
            raise refusal("ConditionalCheckFailedException")
        return before, values


def _holds(condition: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Evaluate a condition. As in DynamoDB, comparisons with an absent attribute are false."""
    if not condition:
        return True
    text = re.sub(r"attribute_not_exists\(#?(\w+)\)", r"absent('\1')", condition)
    text = re.sub(r"#(\w+) IN \(([^)]*)\)", r"(item.get('\1') in [\2])", text)
    text = re.sub(r"#(\w+) < (:\w+)", r"('\1' in item and item['\1'] < \2)", text)
    text = re.sub(r"#(\w+) <> (:\w+)", r"('\1' in item and item['\1'] != \2)", text)
    text = re.sub(r"#(\w+) = (:\w+)", r"('\1' in item and item['\1'] == \2)", text)
    text = re.sub(r":(\w+)", r"values[':\1']", text).replace(" AND ", " and ").replace(" OR ", " or ")
    return bool(eval(text, {"item": item, "values": values, "absent": lambda name: name not in item}))


def _change(item: Item, expression: str, values: Mapping[str, Any]) -> None:
    """Apply an update expression."""
    clauses = re.findall(r"(ADD|REMOVE|SET) (.*?)(?= ADD | REMOVE | SET |$)", expression)
    assert clauses
    for kind, body in clauses:
        for part in re.split(r", (?=#)", body):
            name = re.findall(r"#(\w+)", part)[0]
            if kind == "ADD":
                item[name] = item.get(name, 0) + values[part.split()[-1]]
            elif kind == "REMOVE":
                item.pop(name, None)
            else:
                item[name] = values[re.findall(r":\w+", part)[-1]]


def _etag(body: bytes) -> str:
    return f'"{md5(body).hexdigest()}"'


def _typed(item: Mapping[str, Any]) -> Item:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
