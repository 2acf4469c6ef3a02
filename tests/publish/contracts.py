"""What the platforms' own descriptions say of a request and of an answer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
from graphql import build_schema, parse, validate
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

CONTRACTS = Path(__file__).parents[1] / "contracts"


class GitHubContract:
    """GitHub's OpenAPI description of comments and users, and its GraphQL schema of hiding."""

    def __init__(self) -> None:
        self._api = OpenAPI.from_dict(json.loads((CONTRACTS / "github-openapi.json").read_text()))
        self._graphql = build_schema((CONTRACTS / "github-graphql.graphql").read_text())

    def problems(
        self, method: str, url: str, sent: bytes, status: int, headers: dict[str, str], answered: bytes
    ) -> list[str]:
        """What of a request, or of our answer, the description does not allow."""
        parts = urlsplit(url)
        if parts.path.endswith("/graphql"):
            query = json.loads(sent)
            return [str(e) for e in validate(self._graphql, parse(query["query"]))] + (
                [] if set(query) <= {"query", "variables", "operationName"} else ["GraphQL: unknown member"]
            )
        request = MockRequest(
            "https://api.github.com",
            method.lower(),
            parts.path,
            args=dict(parse_qsl(parts.query)),
            data=sent or None,
            content_type="application/json" if sent else "",
        )
        found = []
        try:
            self._api.validate_request(request)
        except OpenAPIError as error:
            found.append(f"request {method} {url}: {error!r}; {error.__cause__!r}")
        answer = MockResponse(answered, status, headers, headers.get("Content-Type", "application/json"))
        if status < 300:
            try:
                self._api.validate_response(request, answer)
            except OpenAPIError as error:
                found.append(f"answer {status} to {method} {url}: {error!r}; {error.__cause__!r}")
        return found


class SwaggerContract:
    """A description in Swagger 2.0: Azure DevOps' of the threads of a pull request, Gitea's and Forgejo's of comments."""

    def __init__(self, name: str) -> None:
        self._spec: dict[str, Any] = json.loads((CONTRACTS / name).read_text())

    def problems(
        self, method: str, url: str, sent: bytes, status: int, headers: dict[str, str], answered: bytes
    ) -> list[str]:
        """What of a request, or of our answer, the description does not allow."""
        parts = urlsplit(url)
        if parts.path.endswith("/_apis/connectionData"):
            return []  # Azure's, in none of the published descriptions
        for pattern, methods in self._spec["paths"].items():
            if (
                re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)), parts.path)
                and method.lower() in methods
            ):
                return list(self._of(methods[method.lower()], dict(parse_qsl(parts.query)), sent, status, answered))
        return [f"{method} {parts.path}: not in the description"]

    def _of(
        self, operation: dict[str, Any], query: dict[str, str], sent: bytes, status: int, answered: bytes
    ) -> list[str]:
        found = []
        described = operation["responses"]
        if status < 300 and str(status) not in described:
            found.append(f"{status} is no answer of {operation['operationId']}")
        parameters = [
            self._spec["parameters"][p["$ref"].rpartition("/")[2]] if "$ref" in p else p
            for p in operation.get("parameters", [])
        ]
        for parameter in parameters:
            if parameter["in"] == "query" and parameter.get("required") and parameter["name"] not in query:
                found.append(f"without {parameter['name']}")
            if parameter["in"] == "body":
                found += self._errors(parameter["schema"], sent)
                body = self._spec["definitions"][parameter["schema"]["$ref"].rpartition("/")[2]]
                if "allOf" not in body:
                    found += [
                        f"unknown member {name}" for name in json.loads(sent or b"{}") if name not in body["properties"]
                    ]
        known = {p["name"] for p in parameters}
        found += [f"unknown query {name}" for name in query if name not in known]
        answer = described.get(str(status), {})
        schema = (self._spec["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer).get(
            "schema"
        )
        return found + (self._errors(schema, answered) if schema and status < 300 else [])

    def _errors(self, schema: dict[str, Any], data: bytes) -> list[str]:
        whole = {**schema, "definitions": self._spec["definitions"]}
        if not data:
            return ["no body"]
        value = json.loads(data)
        if schema.get("type") == "array" and isinstance(value, dict):
            value = value.get("value")  # a list travels as {count, value}
        return [e.message for e in jsonschema_rs.Draft4Validator(whole).iter_errors(value)]
