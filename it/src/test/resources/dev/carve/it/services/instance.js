// One instance: answers with its name after a little work, and dies only by SIGKILL.
// node instance.js HOST PORT NAME [WORK_MILLIS]; tells the port once it listens.
'use strict';

const http = require('http');

const [host, port, name, work] = process.argv.slice(2);

const server = http.createServer((request, response) => {
  const answer = () => response.end(name);
  if (request.url === '/healthz') answer();
  else setTimeout(answer, Number(work) * Math.random());
});

function listen() {
  server.listen(Number(port), host, () => console.log(server.address().port));
}

server.on('error', error => {
  // The connections of whoever died here may hold the port for a moment.
  if (error.code === 'EADDRINUSE') setTimeout(listen, 20);
  else throw error;
});

// Without its parent nobody would end it.
process.stdin.on('end', () => process.exit(0)).resume();
listen();
