// /orders: create, read, update and delete on a table.

import { randomBytes } from 'node:crypto';
import { allow, oneOf, text, whole } from './body.js';
import { identifier, parameter } from './request.js';
import { Refusal } from './refusal.js';

const FIELDS = ['customer', 'item', 'quantity', 'status'];
const STATES = ['open', 'paid', 'shipped', 'cancelled'];
const COLUMNS = 'SELECT id, customer, item, quantity, status, created_at, updated_at FROM orders';

function draft(body) {
  allow(body, FIELDS);
  return [
    text(body, 'customer', 200),
    text(body, 'item', 200),
    whole(body, 'quantity', 1, 1000),
    oneOf(body, 'status', STATES, 'open'),
  ];
}

const order = (row) => ({
  ...row,
  created_at: new Date(row.created_at).toISOString(),
  updated_at: new Date(row.updated_at).toISOString(),
});

export class Orders {
  #database;

  constructor(database) {
    this.#database = database;
  }

  list(request, response) {
    const limit = number(request, 'limit', 20, 1, 100);
    const after = number(request, 'after', 0, 0, 999_999_999_999_999);
    const rows = this.#database.all('orders', `${COLUMNS} WHERE id > ? ORDER BY id LIMIT ?`, after, limit + 1);
    const orders = rows.slice(0, limit).map(order);
    response.json({ orders, next: rows.length > limit ? orders.at(-1).id : null });
  }

  read(request, response) {
    response.json(this.#stored(identifier(request.params.id)));
  }

  create(request, response) {
    const now = Date.now();
    const { id } = this.#database.get(
      'orders',
      'INSERT INTO orders (customer, item, quantity, status, created_at, updated_at)'
        + ' VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
      ...draft(request.body), now, now);
    if (!/(^|;)\s*session=/.test(request.get('Cookie') ?? '')) {
      const session = randomBytes(16).toString('hex');
      response.set('Set-Cookie', `session=${session}; Path=/; HttpOnly; SameSite=Lax`);
    }
    response.status(201).set('Location', `/orders/${id}`).json(this.#stored(id));
  }

  replace(request, response) {
    const id = identifier(request.params.id);
    const changed = this.#database.run(
      'orders',
      'UPDATE orders SET customer = ?, item = ?, quantity = ?, status = ?, updated_at = ? WHERE id = ?',
      ...draft(request.body), Date.now(), id);
    if (changed === 0) {
      throw missing(id);
    }
    response.json(this.#stored(id));
  }

  delete(request, response) {
    const id = identifier(request.params.id);
    if (this.#database.run('orders', 'DELETE FROM orders WHERE id = ?', id) === 0) {
      throw missing(id);
    }
    response.status(204).end();
  }

  #stored(id) {
    const row = this.#database.get('orders', `${COLUMNS} WHERE id = ?`, id);
    if (!row) {
      throw missing(id);
    }
    return order(row);
  }
}

const missing = (id) => new Refusal(404, `no order has the id ${id}`);

function number(request, name, absent, least, greatest) {
  const given = parameter(request, name);
  if (given === null) {
    return absent;
  }
  const value = Number(given);
  if (/^[0-9]{1,15}$/.test(given) && value >= least && value <= greatest) {
    return value;
  }
  throw new Refusal(400, `${name}: not acceptable (expected: a whole number from ${least} to ${greatest})`);
}
