// The sample monolith in Express. Options as in examples/monolith, flag before environment before
// default: --port (PORT, 3000), --host (127.0.0.1), --data FILE, --rows, --cpu-turns, --prepare.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Database } from './database.js';
import { site } from './site.js';

const GRACE_MILLIS = 10_000;

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.PORT || '3000' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      rows: { type: 'string', default: '1000000' },
      'cpu-turns': { type: 'string', default: '50000000' },
      prepare: { type: 'boolean', default: false },
    },
  });
  const number = (name, least, greatest) => {
    const value = Number(values[name]);
    if (!/^[0-9]{1,9}$/.test(values[name]) || value < least || value > greatest) {
      throw new Error(`--${name}: "${values[name]}" (expected: a whole number from ${least} to ${greatest})`);
    }
    return value;
  };
  return {
    ...values,
    port: number('port', 0, 65_535),
    rows: number('rows', 1, 100_000_000),
    cpuTurns: number('cpu-turns', 0, 999_999_999),
  };
}

let chosen;
try {
  chosen = options();
} catch (error) {
  console.error(error.message);
  process.exit(2);
}

const database = new Database(chosen.data, chosen.rows);
if (chosen.prepare) {
  database.prepare();
}
const server = createServer(site(database, chosen.cpuTurns));
// Longer than the idle times of common gateways, which otherwise meet a connection just closed.
server.keepAliveTimeout = 65_000;
server.on('error', (error) => {
  console.error(`cannot listen on ${chosen.host}:${chosen.port}: ${error.message}`);
  process.exit(1);
});
server.listen({ host: chosen.host, port: chosen.port, backlog: 1024 }, () => {
  console.log(`monolith listening on http://${chosen.host}:${server.address().port}`);
});

function stop() {
  setTimeout(() => server.closeAllConnections(), GRACE_MILLIS).unref();
  server.close(() => {
    database.close();
    console.log('monolith stopped');
    process.exit(0);
  });
  server.closeIdleConnections();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
