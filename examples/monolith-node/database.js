// The embedded database: opened when the first statement needs it, each table made when the first
// statement needs that one, in one transaction with a note of how it was made. The scripts are the
// Java monolith's, byte for byte, so that both have the same rows.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';

const SCRIPTS_VERSION = 1;

export class Database {
  #file;
  #rows;
  #temporary;
  #connection;
  #made = new Set();
  #statements = new Map();

  constructor(file, rows) {
    this.#file = file;
    this.#rows = { data: rows, stories: Math.min(rows, 10_000), badges: Math.min(rows, 1_000), orders: 100 };
  }

  prepare() {
    Object.keys(this.#rows).forEach((table) => this.#make(table));
  }

  /** The rows that a statement on that table gives. */
  all(table, sql, ...values) {
    return this.#statement(table, sql).all(values);
  }

  /** The first row, or null. Runs to the end: a statement left open holds its lock. */
  get(table, sql, ...values) {
    return this.all(table, sql, ...values)[0] ?? null;
  }

  /** How many rows a statement changed. */
  run(table, sql, ...values) {
    return this.#statement(table, sql).run(values).changes;
  }

  #statement(table, sql) {
    this.#make(table);
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#open().prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #make(table) {
    if (this.#made.has(table)) {
      return;
    }
    const db = this.#open();
    db.exec('BEGIN IMMEDIATE');
    try {
      this.#fill(db, table);
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
    this.#made.add(table);
  }

  #fill(db, table) {
    const rows = this.#rows[table];
    const note = `version ${SCRIPTS_VERSION}, ${rows} rows`;
    db.exec('CREATE TABLE IF NOT EXISTS made (name TEXT PRIMARY KEY, note TEXT NOT NULL)');
    const [found] = db.all('SELECT note FROM made WHERE name = ?', [table]);
    // Orders belong to their customers: they are never made anew.
    if (found && (table === 'orders' || found.note === note)) {
      return;
    }
    console.error(`making table ${table} with ${rows} rows`);
    const start = performance.now();
    const script = readFileSync(new URL(`./schema/${table}.sql`, import.meta.url), 'utf8');
    db.exec(script.replaceAll(':rows', rows));
    db.run('INSERT OR REPLACE INTO made VALUES (?, ?)', [table, note]);
    console.error(`made table ${table} in ${Math.round(performance.now() - start)} ms`);
  }

  #open() {
    if (!this.#connection) {
      if (!this.#file) {
        this.#temporary = mkdtempSync(join(tmpdir(), 'carve-monolith-'));
        this.#file = join(this.#temporary, 'monolith.db');
      }
      this.#connection = new sqlite.Database(this.#file);
      this.#connection.exec('PRAGMA busy_timeout = 30000; PRAGMA synchronous = NORMAL');
    }
    return this.#connection;
  }

  close() {
    this.#statements.forEach((statement) => statement.finalize());
    this.#connection?.close();
    if (this.#temporary) {
      rmSync(this.#temporary, { recursive: true });
    }
  }
}
