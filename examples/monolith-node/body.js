// Request bodies: one JSON object of at most 100 KiB, read strictly.

import express from 'express';
import { Refusal, hasControl, quoted, shown } from './refusal.js';

const read = express.text({ type: () => true, limit: '100kb', inflate: false });

/** Middleware that leaves the object in request.body or refuses it. */
export const jsonBody = [declared, read, parsed];

function declared(request, response, next) {
  const type = (request.get('Content-Type') ?? '').split(';', 1)[0].trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(415, 'Content-Type: not supported here (expected: application/json)');
  }
  if ((request.get('Content-Encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new Refusal(415, 'Content-Encoding: not supported here (expected: none)');
  }
  next();
}

function parsed(request, response, next) {
  request.body = object(request.body);
  next();
}

// Not express.json, which takes an empty body for an empty object.
function object(text) {
  let value;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw Refusal.of('body', 'not valid JSON', 'a JSON object');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw Refusal.of('body', shown(value), 'a JSON object');
  }
  return value;
}

/** Refuses fields that nobody reads: a misspelt name must not pass unseen. */
export function allow(body, names) {
  for (const name of Object.keys(body)) {
    if (!names.includes(name)) {
      throw Refusal.of(quoted(name), 'unknown field', names.join(', '));
    }
  }
}

export function whole(body, name, least, greatest) {
  const value = body[name];
  if (Number.isInteger(value) && value >= least && value <= greatest) {
    return value;
  }
  throw Refusal.of(name, shown(value), `a whole number from ${least} to ${greatest}`);
}

export function text(body, name, max) {
  const value = body[name];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= max && !hasControl(value)) {
    return value;
  }
  throw Refusal.of(name, shown(value), `a text of 1 to ${max} characters, not blank`);
}

export function oneOf(body, name, values, missing) {
  const value = body[name];
  if (value === undefined) {
    return missing;
  }
  if (values.includes(value)) {
    return value;
  }
  throw Refusal.of(name, shown(value), values.join(', '));
}
