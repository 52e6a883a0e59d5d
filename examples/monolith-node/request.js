// What paths and queries hold.

import { Refusal } from './refusal.js';

/** A whole number without sign or leading zeros; fifteen digits are exact in a number. */
export function identifier(text) {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text)) {
    throw new Refusal(400, 'id: not a whole number (expected: at most 15 digits)');
  }
  return Number(text);
}

/** The decoded value of the first query parameter of that name, or null. */
export function parameter(request, name) {
  const at = request.url.indexOf('?');
  return at < 0 ? null : new URLSearchParams(request.url.slice(at + 1)).get(name);
}
