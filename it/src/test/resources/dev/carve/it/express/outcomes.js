// A reporter: one line for each test or hook with its outcome, its full title as JSON, and why it failed.
'use strict'

const { writeFileSync } = require('node:fs')

module.exports = function Outcomes (runner) {
  const lines = []
  for (const event of ['pass', 'fail', 'pending']) {
    runner.on(event, (test, failure) => {
      const why = failure === undefined ? '' : JSON.stringify(String(failure.message))
      lines.push([event, JSON.stringify(test.fullTitle()), why].join('\t') + '\n')
    })
  }
  runner.on('end', () => writeFileSync(process.env.CARVE_PROOF_OUTCOMES, lines.join('')))
}
