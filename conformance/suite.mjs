// Runs the public HTTP cache tests against one target over HTTPS and judges the outcome as the suite itself does.
//
//   node suite.mjs --base=URL --ca=PEM [--cert=PEM --key=PEM] --target=NAME --mode=MODE --expected=JSON [--update]
//
// Prints a line for every test that did not pass, and as the last line how many of each kind passed. Exit code 1: a
// test that the expectations name did not pass.
import fs from 'node:fs'
import https from 'node:https'
import { parseArgs } from 'node:util'
import fetch from 'node-fetch'
import { determineTestResult } from 'http-cache-tests/lib/display.mjs'
import { getResults, runTests } from 'http-cache-tests/client/runner.mjs'
import { makeCacheTest, testResults } from 'http-cache-tests/client/test.mjs'
import suites from 'http-cache-tests/tests/index.mjs'

const KINDS = ['required', 'optimal']
const ANSWER_WITHIN_MILLIS = 20_000
const AT_ONCE = 50
const WARM_UP_REQUESTS = 400
const SECOND_TRIES = 2
const SET_UP_FAILED = ['🔹', '⁉️', '⚪️']
const PASS = '✅'
const REASONS = {
  '⛔️': 'failed',
  '⚠️': 'failed',
  '🔹': 'its set-up failed',
  '⁉️': 'the harness failed',
  '⚪️': 'a test that it depends on did not pass',
  '↻': 'a request was sent twice',
  '-': 'it did not run'
}

const { values: options } = parseArgs({
  options: {
    base: { type: 'string' },
    ca: { type: 'string' },
    cert: { type: 'string' },
    key: { type: 'string' },
    target: { type: 'string' },
    mode: { type: 'string' },
    expected: { type: 'string' },
    update: { type: 'boolean', default: false }
  }
})

// A connection per request, as the suite's own command line has it: nothing is ever sent a second time by a client.
const agent = new https.Agent({
  ca: fs.readFileSync(options.ca),
  cert: options.cert && fs.readFileSync(options.cert),
  key: options.key && fs.readFileSync(options.key),
  family: 4,
  keepAlive: false,
  maxCachedSessions: 0
})

function fetchOverTls (url, init) {
  return fetch(url, { ...init, agent, timeout: ANSWER_WITHIN_MILLIS })
}

function kindOf (test) {
  return test.kind ?? 'required'
}

function reasonOf (test, symbol, results) {
  const reason = REASONS[symbol] ?? symbol
  const detail = results[test.id]?.[1]
  return detail ? `${reason}: ${detail}` : reason
}

function judge (results) {
  return suites
    .flatMap(suite => suite.tests)
    .filter(test => test.browser_only !== true && KINDS.includes(kindOf(test)))
    .map(test => {
      const symbol = determineTestResult(suites, test.id, results)[2]
      return { test, id: test.id, kind: kindOf(test), symbol, passed: symbol === PASS, reason: reasonOf(test, symbol, results) }
    })
}

function tally (verdicts, kind) {
  const ofKind = verdicts.filter(verdict => verdict.kind === kind)
  return `${kind} ${ofKind.filter(verdict => verdict.passed).length}/${ofKind.length}`
}

function readExpected () {
  return JSON.parse(fs.readFileSync(options.expected, 'utf8'))
}

function writeExpected (verdicts) {
  const expected = readExpected()
  expected[options.mode] ??= {}
  expected[options.mode][options.target] = verdicts.filter(verdict => verdict.passed).map(verdict => verdict.id).sort()
  fs.writeFileSync(options.expected, JSON.stringify(expected, null, 2) + '\n')
}

function regressions (verdicts) {
  const expected = readExpected()[options.mode]?.[options.target] ?? []
  const known = new Map(verdicts.map(verdict => [verdict.id, verdict]))
  return expected
    .filter(id => known.get(id)?.passed !== true)
    .map(id => ({ id, reason: known.get(id)?.reason ?? 'the suite has no such test' }))
}

// The suite lives in real time, with lifetimes of two seconds: a JVM that has compiled nothing yet is too slow for it.
async function warmUp () {
  for (let sent = 0; sent < WARM_UP_REQUESTS; sent += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => fetchOverTls(`${options.base}/state/warm-up-${sent + i}`)))
  }
}

// What no longer passes because the steps before its assertion came too late is tried again, alone. A test that failed
// at its assertion has failed.
async function tryAgain (verdicts) {
  const expected = new Set(readExpected()[options.mode]?.[options.target])
  const late = verdicts.filter(verdict => expected.has(verdict.id) && SET_UP_FAILED.includes(verdict.symbol))
  for (const { test, reason } of late) {
    console.log(`${options.target}: once more ${test.id}: ${reason}`)
    delete testResults[test.id] // the suite takes a second result for a fault of its own
  }
  await Promise.all(late.map(verdict => makeCacheTest(verdict.test)))
}

await warmUp()
await runTests(suites, fetchOverTls, false, options.base, AT_ONCE)
let verdicts = judge(getResults())
for (let tries = 0; tries < SECOND_TRIES; tries++) {
  await tryAgain(verdicts)
  verdicts = judge(getResults())
}
for (const { id, kind, reason } of verdicts.filter(verdict => !verdict.passed)) {
  console.log(`${options.target}: not passed (${kind}) ${id}: ${reason}`)
}
if (options.update) writeExpected(verdicts)
const lost = regressions(verdicts)
for (const { id, reason } of lost) {
  console.log(`${options.target}: EXPECTED TO PASS ${id}: ${reason}`)
}
const nothingPassed = !verdicts.some(verdict => verdict.passed)
if (nothingPassed) console.log(`${options.target}: no test passed at all: ${Object.values(getResults())[0]?.[1]}`)
console.log(`${options.target}: ${KINDS.map(kind => tally(verdicts, kind)).join(' ')}`)
process.exitCode = lost.length > 0 || nothingPassed ? 1 : 0
