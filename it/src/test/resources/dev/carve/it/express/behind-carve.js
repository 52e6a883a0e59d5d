// Loaded before the suite: supertest sends each request to Carve, while Host keeps the port of the test's own server.
'use strict'

const { createRequire } = require('node:module')
const path = require('node:path')

const port = process.env.CARVE_PROOF_PORT
const field = process.env.CARVE_PROOF_FIELD
const { Test } = createRequire(path.join(process.cwd(), 'package.json'))('supertest')
const serverAddress = Test.prototype.serverAddress

Test.prototype.serverAddress = function (app, target) {
  const direct = new URL(serverAddress.call(this, app, '/'))
  this.set('Host', direct.host)
  this.set(field, direct.port) // for a test that goes on to set a Host of its own
  return 'http://127.0.0.1:' + port + target
}
