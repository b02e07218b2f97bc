import { ask, bar, bytes, cell, count, date, digits, head, life, meters, number, percent, pill, place, Poll, put, rows, serial, span } from './console.js';
import { Chart } from './chart.js';

const SECONDS = 10;
const SELDOM = 3; // trust is asked for every third time: it changes slowly, and its tables are long
const WINDOW = 60_000;
const TOP = 20;
const FROM_STORE = ['hit', 'stale', 'revalidated', 'collapsed'];

const past = []; // totals of the last minute, the oldest first
const chart = new Chart(document.getElementById('ratios'), 600, (last) =>
  `Hit ratio over the last ten minutes; in the last minute ${last.one === undefined ? 'no requests' : `${percent(last.one, 1)} of requests`}` +
  `${last.two === undefined ? '' : `, ${percent(last.two, 1)} of bytes`}`);

const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
const value = (all, name, tags = {}) =>
  sum(all.filter((one) => one.name === name && Object.entries(tags).every(([tag, is]) => one.tags[tag] === is)), (one) => one.value);

let turn = 0;

async function update() {
  const seldom = turn++ % SELDOM === 0;
  const [cache, identity, meter, health] = await Promise.all([
    ask('../actuator/httpcache'),
    seldom ? ask('../actuator/identity', { accept: [404] }) : undefined,
    meters('sallyport_upstream_fetches_seconds', 'sallyport_upstream_errors', 'sallyport_tls_handshakes', 'sallyport_cache_fills', 'sallyport_cache_evictions'),
    ask('../actuator/health/readiness', { accept: [503] }),
  ]);
  const now = Date.now();
  const total = totals(cache, meter, now);
  past.push(total);
  while (past.length > 2 && past[1].at <= now - WINDOW) {
    past.shift();
  }
  traffic(cache, total, meter);
  upstream(total);
  if (identity?.chain) {
    trust(identity);
    put('who', identity.node);
    document.title = `${identity.node} · Sallyport`;
  }
  handshakes(meter);
  put('what', cache.tier === 'edge' ? 'edge' : 'regional gate');
  const up = health.status === 'UP';
  place('health', pill(up ? 'Ready' : 'Not ready', up ? 'good' : 'over'));
}

function totals(cache, meter, at) {
  const routes = Object.values(cache.routes);
  const fetches = {};
  for (const one of meter.filter((sample) => sample.name === 'sallyport_upstream_fetches_seconds_count')) {
    const route = one.tags.route;
    fetches[route] = {
      count: value(meter, 'sallyport_upstream_fetches_seconds_count', { route }),
      seconds: value(meter, 'sallyport_upstream_fetches_seconds_sum', { route }),
      errors: Object.fromEntries(
        meter.filter((sample) => sample.name === 'sallyport_upstream_errors_total' && sample.tags.route === route).map((sample) => [sample.tags.kind, sample.value]),
      ),
    };
  }
  return {
    at,
    requests: sum(routes, (route) => route.requests),
    bytes: sum(routes, (route) => route.bytes),
    fromStore: sum(routes, (route) => sum(FROM_STORE, (outcome) => route.outcomes[outcome] ?? 0)),
    bytesFromStore: sum(routes, (route) => route.bytesFromStore),
    fetches,
  };
}

function traffic(cache, total, meter) {
  const before = past[0];
  const seconds = (total.at - before.at) / 1000;
  const lately = (member) => total[member] - before[member];
  put('hit-ratio', percent(total.fromStore, total.requests));
  put('byte-hit-ratio', percent(total.bytesFromStore, total.bytes));
  put('requests', count(total.requests));
  put('bytes', bytes(total.bytes));
  put('hit-ratio-now', `last minute ${percent(lately('fromStore'), lately('requests'))}`);
  put('byte-hit-ratio-now', `last minute ${percent(lately('bytesFromStore'), lately('bytes'))}`);
  put('requests-now', seconds === 0 ? '' : `${number(lately('requests') / seconds)} a second`);
  put('bytes-now', seconds === 0 ? '' : `${bytes(lately('bytes') / seconds)} a second`);
  chart.add(
    total.at,
    lately('requests') > 0 ? lately('fromStore') / lately('requests') : undefined,
    lately('bytes') > 0 ? lately('bytesFromStore') / lately('bytes') : undefined,
  );
  outcomes(cache, total);
  const top = Object.entries(cache.routes).sort((a, b) => b[1].requests - a[1].requests).slice(0, TOP);
  rows('routes', top.map(([id, route]) => [
    head(id === 'none' ? 'no cached route' : id),
    digits(count(route.requests), route.requests),
    digits(percent(route.hitRatio, route.requests && 1), route.hitRatio),
    digits(percent(route.byteHitRatio, route.bytes && 1), route.byteHitRatio),
    digits(bytes(route.bytes), route.bytes),
  ]), 'No routes');
  store(cache.store, meter);
}

function outcomes(cache, total) {
  const all = {};
  for (const route of Object.values(cache.routes)) {
    for (const [outcome, n] of Object.entries(route.outcomes)) {
      all[outcome] = (all[outcome] ?? 0) + n;
    }
  }
  rows('outcomes', Object.entries(all).map(([outcome, n]) => [
    head(outcome),
    digits(count(n), n),
    cell(bar(total.requests === 0 ? 0 : n / total.requests)),
  ]), 'No requests');
}

function store(usage, meter) {
  const part = usage.maxBytes === 0 ? 0 : usage.bytes / usage.maxBytes;
  put('store-share', percent(usage.bytes, usage.maxBytes));
  place('store-bar', bar(part, 'good'));
  put('store-bytes', `${bytes(usage.bytes)} of ${bytes(usage.maxBytes)}`);
  put('store-entries', `${count(usage.entries)} responses`);
  put('store-gone', `${count(value(meter, 'sallyport_cache_evictions_total', { cause: 'size' }))} left for want of room`);
  put('store-fills', `${count(value(meter, 'sallyport_cache_fills'))} fetches under way`);
}

function upstream(total) {
  const before = past[0].fetches;
  rows('upstreams', Object.entries(total.fetches).sort((a, b) => b[1].count - a[1].count).slice(0, TOP).map(([route, now]) => {
    const then = before[route] ?? now;
    const lately = now.count - then.count;
    const kinds = Object.entries(now.errors).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
    const errors = sum(Object.values(now.errors), (n) => n);
    const failed = errors - sum(Object.values(then.errors), (n) => n);
    const state = failed === 0 ? (lately === 0 ? pill('No fetches') : pill('Healthy', 'good')) : pill(failed < lately ? 'Some errors' : 'Failing', failed < lately ? 'near' : 'over');
    return [
      head(route),
      cell(state),
      digits(count(now.count), now.count),
      digits(lately === 0 ? '–' : `${number(((now.seconds - then.seconds) / lately) * 1000)} ms`),
      digits(count(errors), errors),
      cell(kinds.map(([kind, n]) => `${kind.replace('response_5xx', '5xx')} ${count(n)}`).join(', ') || '–'),
    ];
  }), 'No cached routes');
}

function certificate(use, one) {
  const left = life(one.notBefore ?? one.thisUpdate, one.notAfter ?? one.nextUpdate);
  return [
    head(use),
    named(one.subject ?? `${count(one.entries)} revoked`),
    serial(one.serial ?? one.number),
    cell(date(one.notAfter ?? one.nextUpdate)),
    cell(pill(span(left.left), left.state)),
    cell(bar(left.part, left.state)),
  ];
}

function named(text) {
  const element = cell(text);
  element.className = 'name';
  return element;
}

function trust(identity) {
  rows('certificates', [
    ...identity.chain.map((one, i) => certificate(i === 0 ? 'Own' : 'Issuing CA', one)),
    ...identity.trust.map((one) => certificate('Root', one)),
    ...identity.customerCertificates.map((one) => certificate('Customers', one)),
    ...identity.revocationLists.map((one) => certificate('Revocation list', one)),
  ], 'No certificates');
  put('renewal', identity.nextRenewal ? `Next renewal ${date(identity.nextRenewal)}.` : 'Another program renews this certificate.');
  const problems = Object.entries(identity.problems ?? {}).map(([what, message]) => `${what}: ${message}`);
  put('problems', problems.join(' · '));
  document.getElementById('problems').hidden = problems.length === 0;
  rows('peers', Object.entries(identity.peerConnections).map(([node, n]) => {
    const shown = (identity.peerCertificates?.[node] ?? []).toSorted((a, b) => Date.parse(b.notAfter) - Date.parse(a.notAfter))[0];
    const left = shown && life(shown.notBefore, shown.notAfter);
    return [head(node), digits(count(n), n), serial(shown?.serial ?? '–'), cell(left ? pill(span(left.left), left.state) : '–')];
  }), 'No peer is connected');
}

function handshakes(meter) {
  const sides = ['server', 'client'];
  const refused = {};
  for (const one of meter.filter((sample) => sample.name === 'sallyport_tls_handshakes_total' && sample.tags.result === 'failure')) {
    (refused[one.tags.reason] ??= { server: 0, client: 0 })[one.tags.side] += one.value;
  }
  rows('handshakes', Object.entries(refused).filter(([, n]) => n.server + n.client > 0).sort((a, b) => b[1].server + b[1].client - a[1].server - a[1].client)
    .map(([reason, n]) => [head(reason), ...sides.map((side) => digits(count(n[side]), n[side]))]), 'None was refused');
  put('handshakes-good', sides.map((side) => `${count(value(meter, 'sallyport_tls_handshakes_total', { side, result: 'success' }))} succeeded as ${side}`).join(', ') + '.');
}

new Poll(SECONDS, update);
