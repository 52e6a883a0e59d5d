// Refusing a request: the message goes to the client as {"error": …}.

const SHOWN_MAX = 40;

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** 400, with a message in the form "place: value (expected: what)". */
  static of(place, value, expected) {
    return new Refusal(400, `${place}: ${value} (expected: ${expected})`);
  }
}

export const hasControl = (text) => /[\u0000-\u001f\u007f-\u009f]/.test(text);

export function quoted(text) {
  const cut = text.length <= SHOWN_MAX ? text : text.slice(0, SHOWN_MAX) + '...';
  return `"${cut.replace(/[\u0000-\u001f\u007f-\u009f"]/g, '?')}"`;
}

/** How a refused JSON value is shown to the client. */
export function shown(value) {
  if (value === undefined) {
    return 'missing';
  }
  if (typeof value === 'string') {
    return quoted(value);
  }
  if (typeof value === 'number') {
    if (value % 1 !== 0 && Number.isFinite(value)) {
      return 'a fraction';
    }
    return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : 'a huge number';
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  return value !== null && typeof value === 'object' ? 'an object' : String(value);
}
