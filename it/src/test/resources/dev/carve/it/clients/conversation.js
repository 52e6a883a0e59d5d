// Node's own client against the port given: prints everything that an application can see of each answer.
'use strict'

const http = require('node:http')

const port = process.argv[2]
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

function ask (method, path, headers, parts, trailers) {
  return new Promise((resolve) => {
    const seen = []
    const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
      const body = []
      response.on('data', (chunk) => body.push(chunk))
      response.on('error', (failure) => resolve([...seen, failure.code]))
      response.on('end', () => resolve([...seen, response.statusCode, response.statusMessage, response.rawHeaders,
        Buffer.concat(body).toString('latin1').slice(0, 300), Buffer.concat(body).length, response.rawTrailers]))
    })
    request.on('information', (interim) => seen.push([interim.statusCode, interim.rawHeaders]))
    request.on('continue', () => seen.push('continue'))
    request.on('error', (failure) => resolve([...seen, failure.code]))
    for (const part of parts) request.write(part)
    if (trailers) request.addTrailers(trailers)
    request.end()
  })
}

async function main () {
  const host = { Host: 'example.test' } // the same however it is reached
  const asked = [
    ['GET', '/small', host, []],
    ['HEAD', '/small', host, []],
    ['GET', '/chunked', host, []],
    ['GET', '/empty', host, []],
    ['GET', '/unchanged', host, []],
    ['GET', '/hints', host, []],
    ['GET', '/down?1048576', host, []],
    ['GET', '/head', { ...host, 'X-Many': ['1', '2'], 'x-lower': 'a', 'X-UPPER': 'b' }, []],
    ['POST', '/up', { ...host, 'Content-Length': 6 }, ['abc', 'def']],
    ['POST', '/up', { ...host, 'Transfer-Encoding': 'chunked', Trailer: 'X-T' }, ['abc', 'def'], { 'X-T': '1' }],
    ['POST', '/up', { ...host, Expect: '100-continue', 'Content-Length': 3 }, ['abc']],
    ['PUT', '/up', host, ['x'.repeat(300000)]],
    ['DELETE', '/nowhere?a=%2F&b=', host, []]
  ]
  for (const [method, path, headers, parts, trailers] of asked) {
    console.log(method, path, JSON.stringify(await ask(method, path, headers, parts, trailers)))
  }
  agent.destroy()
}

main()
