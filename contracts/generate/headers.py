"""The headers of a message: CloudEvents 1.0 in binary mode and ours. What the kit's codec writes (a test compares the two)."""

from __future__ import annotations

from typing import Any

from contracts.ids import UUID

TEXT = {"type": "string"}
INSTANT = {"type": "string", "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}

ENVELOPE: dict[str, Any] = {
    "title": "Envelope",
    "description": "What is known about the event beyond the CloudEvents attributes. The header holds it as JSON.",
    "type": "object",
    "required": ["version", "occurred_at", "actor", "authority", "correlation_id"],
    "properties": {
        "version": {"type": "integer", "minimum": 1, "description": "of the stream, from 1"},
        "occurred_at": {**INSTANT, "description": "business time, as the writer said"},
        "effective_from": {"type": "string", "format": "date", "description": "business date, where one applies"},
        "actor": {**TEXT, "description": "who gave the command: an id, never a name"},
        "authority": {**TEXT, "description": "the role the actor used"},
        "pack_id": {**TEXT, "description": "the policy pack of the decision; its id holds the hash of its content"},
        "correlation_id": {**TEXT, "description": "the same for all that one person's command led to"},
        "causation_id": {**TEXT, "description": "the event that led to this one, where one did"},
        "hops": {**COUNT, "description": "reactions between a person's command and this event; absent: 0"},
        "command": {**TEXT, "description": "the command's name"},
        "command_key": {**TEXT, "description": "keyed hash of actor and idempotency key"},
        "body_hash": {**TEXT, "description": "keyed hash of the command's body"},
    },
}

HEADERS: dict[str, Any] = {
    "title": "Headers",
    "description": "All are UTF-8 text; numbers are decimal.",
    "type": "object",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "content-type",
        "ce_position",
        "ce_previous",
        "ce_schemaversion",
        "envelope",
    ],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "pattern": UUID, "description": "the event's id; a repeat has the same"},
        "ce_source": {**TEXT, "description": "/minsheng/<installation>/<service>"},
        "ce_type": {**TEXT, "description": "the wire name: service.aggregate.fact"},
        "ce_subject": {**TEXT, "description": "the stream: aggregate/id"},
        "ce_time": {**INSTANT, "description": "recorded_at: the owner's clock, which never goes back"},
        "content-type": {"type": "string", "const": "application/json"},
        "ce_position": {**TEXT, "pattern": r"^[1-9][0-9]*$", "description": "commit order within the source, from 1, without gaps"},
        "ce_previous": {**TEXT, "pattern": r"^[0-9]+$", "description": "the position before it in the same partition; 0: there is none"},
        "ce_schemaversion": {**TEXT, "pattern": r"^[1-9][0-9]*$", "description": "the version of the payload's schema"},
        "envelope": {
            **TEXT,
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Envelope"},
            "description": "the rest of the envelope as JSON",
        },
        "traceparent": {**TEXT, "description": "W3C trace context, where there is one"},
    },
}
