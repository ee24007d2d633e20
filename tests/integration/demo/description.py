"""Spotify's OpenAPI document: what an answer should be, and where one is something else."""

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


class Description:
    """Compares answers with the document's schemas."""

    def __init__(self, path: Path) -> None:
        self._document = yaml.load(path.read_text(), yaml.CSafeLoader)

    def faults(self, route: str, body: Any, method: str = "get") -> list[str]:
        """Return where `body` has unknown keys, other types, or nulls that the document does not speak of."""
        responses = self._document["paths"][route][method]["responses"]
        response = self._resolved(next(responses[status] for status in ("200", "201") if status in responses))
        return self._faults(response["content"]["application/json"]["schema"], body, "")

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            _, kind, name = schema["$ref"].rsplit("/", 2)
            schema = self._document["components"][kind][name]
        whole = dict(schema)
        for part in map(self._resolved, schema.get("allOf", ())):
            whole["properties"] = {**whole.get("properties", {}), **part.get("properties", {})}
            whole["required"] = [*whole.get("required", ()), *part.get("required", ())]
            for key in ("oneOf", "type", "nullable"):
                if key in part:
                    whole.setdefault(key, part[key])
        return whole

    def _faults(self, schema: Json, value: Any, path: str) -> list[str]:
        schema = self._resolved(schema)
        if value is None:
            return [] if schema.get("nullable") else [f"{path} is null"]
        if choices := schema.get("oneOf"):
            return self._faults(self._chosen(choices, value), value, path)
        if isinstance(value, dict) and "properties" in schema:
            return [fault for key in value for fault in self._member_faults(schema, value, key, path)] + [
                f"{path}/{key} is missing" for key in schema.get("required", ()) if key not in value
            ]
        if isinstance(value, list) and "items" in schema:
            return [fault for one in value for fault in self._faults(schema["items"], one, f"{path}[]")]
        kind = KINDS.get(schema.get("type", ""), object)
        is_odd = not isinstance(value, kind) or (isinstance(value, bool) and schema.get("type") != "boolean")
        return [f"{path} is {value!r}"] if is_odd else []

    def _chosen(self, choices: list[Json], value: Any) -> Json:
        """Return the schema whose `type` is that of the value."""
        for choice in map(self._resolved, choices):
            if value.get("type") in self._resolved(choice["properties"]["type"])["enum"]:
                return choice
        return choices[0]

    def _member_faults(self, schema: Json, value: Json, key: str, path: str) -> list[str]:
        member = schema["properties"].get(key)
        return self._faults(member, value[key], f"{path}/{key}") if member else [f"{path}/{key} is unknown"]
