// The endpoints of the monolith.

import { createHash } from 'node:crypto';
import express from 'express';
import { allow, jsonBody, whole } from './body.js';
import { badge } from './badge.js';
import { Orders } from './orders.js';
import { Refusal } from './refusal.js';
import { identifier, parameter } from './request.js';

/** Ten times the largest published load. */
const TIMES_MAX = 100_000_000;
const KEYS_MAX = 100;
const KEY_MAX = 128;

export function site(database, cpuTurns) {
  const app = express();
  // Nothing that the Java monolith does not do as well.
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');

  const orders = new Orders(database);
  let burnt = 0;

  page(app, '/', { GET: [(request, response) => response.send('Hello from the monolith\n')] });
  page(app, '/Count', { POST: [...jsonBody, count] });
  page(app, '/orders', {
    GET: [(request, response) => orders.list(request, response)],
    POST: [...jsonBody, (request, response) => orders.create(request, response)],
  });
  page(app, '/orders/:id', {
    GET: [(request, response) => orders.read(request, response)],
    PUT: [withId, ...jsonBody, (request, response) => orders.replace(request, response)],
    DELETE: [(request, response) => orders.delete(request, response)],
  });
  page(app, '/stories', { GET: [(request, response) => stories(database, request, response)] });
  page(app, '/api/data/:id', { GET: [(request, response) => row(database, request, response)] });
  page(app, '/api/data-cpu/:id', {
    GET: [withId, (request, response) => {
      burnt = burn(burnt, cpuTurns);
      row(database, request, response);
    }],
  });
  page(app, '/badges/:project.svg', { GET: [(request, response) => badges(database, request, response)] });
  page(app, '/healthz', { GET: [(request, response) => response.json({ status: 'ok' })] });

  app.use(() => {
    throw new Refusal(404, 'no such path');
  });
  app.use((error, request, response, next) => {
    if (response.headersSent) {
      next(error);
    } else if (error instanceof Refusal) {
      response.status(error.status).json({ error: error.message });
    } else if (error.type === 'entity.too.large') {
      response.status(413).json({ error: 'body: too large (expected: at most 100 KiB)' });
    } else if (error.status >= 400 && error.status < 500) {
      response.status(error.status).json({ error: 'malformed request' });
    } else {
      console.error(`${request.method} ${request.path}`, error);
      response.status(500).json({ error: 'internal error' });
    }
  });
  return app;
}

/** Registers the handlers of one path; other methods get 405, OPTIONS the list. */
function page(app, path, handlers) {
  const route = app.route(path);
  const allowed = [];
  for (const [method, chain] of Object.entries(handlers)) {
    allowed.push(method);
    if (method === 'GET') {
      allowed.push('HEAD');
    }
    route[method.toLowerCase()](...chain);
  }
  const allow = allowed.join(', ');
  route.options((request, response) => response.set('Allow', allow).status(204).end());
  route.all((request, response) =>
    response.set('Allow', allow).status(405).json({ error: `method not allowed here (expected: ${allow})` }));
}

/** A bad id is refused before anything is read or burnt. */
function withId(request, response, next) {
  identifier(request.params.id);
  next();
}

function count(request, response) {
  allow(request.body, ['times']);
  const times = whole(request.body, 'times', 1, TIMES_MAX);
  let sum = 0;
  for (let i = 0; i < times; i++) {
    sum += Math.round(Math.random() * 100);
  }
  response.send(`Counted to ${sum} \n`);
}

function stories(database, request, response) {
  const given = parameter(request, 'keys');
  const expected = '1 to 100 keys with commas between';
  if (!given) {
    throw Refusal.of('keys', 'missing', expected);
  }
  const keys = given.split(',');
  if (keys.length > KEYS_MAX) {
    throw Refusal.of('keys', `${keys.length} keys`, expected);
  }
  const parts = keys.map((key, i) => {
    if (key.length < 1 || key.length > KEY_MAX) {
      throw Refusal.of('keys', `key ${i + 1} has ${key.length} characters`, '1 to 128');
    }
    const found = database.get('stories', 'SELECT body FROM stories WHERE key = ?', key);
    // The stored JSON goes out as it is; parsing it would only burn CPU.
    return `{"key":${JSON.stringify(key)},"story":${found ? found.body : 'null'}}`;
  });
  response.type('json').send(`{"stories":[${parts.join(',')}]}`);
}

function row(database, request, response) {
  const id = identifier(request.params.id);
  const found = database.get(
    'data', 'SELECT id, active, amount, name, created_at, updated_at FROM data WHERE id = ?', id);
  if (!found) {
    throw new Refusal(404, `no row has the id ${id}`);
  }
  response.json([{
    ...found,
    active: found.active !== 0,
    created_at: new Date(found.created_at * 1000).toISOString(),
    updated_at: new Date(found.updated_at * 1000).toISOString(),
  }]);
}

/** Each turn needs the one before and the last is kept, so that no compiler can drop the loop. */
function burn(from, turns) {
  let x = from;
  for (let i = 0; i < turns; i++) {
    x = ((x ^ i) + 1) | 0;
  }
  return x;
}

function badges(database, request, response) {
  const found = database.get('badges', 'SELECT status FROM badges WHERE project = ?', request.params.project);
  const svg = badge(found ? found.status : 'unknown', parameter(request, 'style') === 'flat-square');
  response.type('image/svg+xml; charset=utf-8');
  if (!found) {
    response.status(404).set('Cache-Control', 'no-cache').send(svg);
    return;
  }
  const tag = `"${createHash('sha256').update(svg).digest('hex').slice(0, 16)}"`;
  response.set('Cache-Control', 'public, max-age=300').set('ETag', tag);
  const candidates = (request.get('If-None-Match') ?? '').split(',').map((part) => part.trim());
  if (candidates.some((candidate) => candidate === '*' || candidate === tag || candidate === `W/${tag}`)) {
    response.removeHeader('Content-Type');
    response.status(304).end();
  } else {
    response.send(svg);
  }
}
