import { ask, bar, cell, count, date, digits, head, life, pill, place, Poll, put, rows, serial, span } from './console.js';

const SECONDS = 10;
const STATES = { issued: 'good', superseded: '', revoked: 'over', suspect: 'over', expired: '', pending: 'near' };
const statuses = ['issued', 'superseded', 'revoked', 'suspect', 'expired', 'pending'];
const view = { search: '', status: '', pages: [undefined], older: undefined };
let actions = null;

/** For the admins' page: what stands at the end of a certificate's row. */
export function withActions(column, make) {
  document.querySelector('#certificates thead tr').append(column);
  actions = make;
}

async function update() {
  const [overview] = await Promise.all([ask('overview'), inventory()]);
  for (const status of statuses) {
    const element = document.getElementById(`count-${status}`);
    element.dataset.value = String(overview.certificates[status] ?? 0);
  }
  const n = (status) => count(overview.certificates[status] ?? 0);
  put('count-issued', n('issued'));
  put('count-superseded', `${n('superseded')} renewed and not ended`);
  put('count-revoked', n('revoked'));
  put('count-suspect', `${n('suspect')} suspect`);
  put('count-expired', n('expired'));
  put('count-pending', n('pending'));
  rows('cas', overview.issuers.map((ca) => {
    const left = life(ca.notBefore, ca.notAfter);
    const list = ca.nextUpdate && life(ca.thisUpdate, ca.nextUpdate);
    return [
      head(ca.id),
      cell(ca.status),
      cell(pill(ca.signs ? 'signs' : 'does not sign', ca.signs ? 'good' : 'over')),
      cell(span(left.left)),
      cell(bar(left.part, left.state)),
      digits(ca.crlNumber === undefined ? '–' : count(ca.crlNumber), ca.crlNumber),
      digits(ca.revoked === undefined ? '–' : count(ca.revoked), ca.revoked),
      cell(list ? pill(span(list.left), list.left <= 0 ? 'over' : 'good') : '–'),
    ];
  }), 'No issuing CA');
  const well = overview.issuers.some((ca) => ca.signs && ca.status === 'active');
  place('health', pill(well ? 'Issues' : 'Does not issue', well ? 'good' : 'over'));
}

async function inventory() {
  const query = new URLSearchParams({ search: view.search, status: view.status });
  const before = view.pages.at(-1);
  if (before !== undefined) {
    query.set('before', before);
  }
  const page = await ask(`inventory?${query}`);
  const typing = document.activeElement?.closest('#certificates');
  view.older = page.before;
  const key = JSON.stringify(page.items.map((one) => [one.serial, one.status]));
  // A row that somebody is about to act on is not taken from under the keyboard.
  if (!(typing && view.shown === key)) {
    rows('certificates', page.items.map(row), view.search || view.status ? 'Nothing matches' : 'No certificates');
    view.shown = key;
  }
  document.getElementById('older').disabled = page.before === undefined;
  document.getElementById('younger').disabled = view.pages.length === 1;
  put('page', page.items.length === 0 ? '' : `Page ${count(view.pages.length)}, ${count(page.items.length)} certificates`);
}

function row(one) {
  const left = life(one.notBefore, one.notAfter);
  const ended = ['revoked', 'expired', 'suspect'].includes(one.status);
  const names = cell(one.subjectAltNames.filter((name) => !name.startsWith('URI:')).join(', ') || '–');
  names.className = 'name';
  const status = pill(one.reason && one.status === 'revoked' ? `revoked, ${one.reason}` : one.status, STATES[one.status]);
  const cells = [head(one.nodeId), cell(one.role), cell(status), serial(one.serial), names, cell(date(one.notAfter)), cell(ended ? '–' : span(left.left))];
  return actions ? [...cells, actions(one)] : cells;
}

async function look(change) {
  change();
  view.shown = undefined;
  await poll.now();
}

document.getElementById('filters').addEventListener('submit', (event) => {
  event.preventDefault();
  look(() => {
    view.search = document.getElementById('search').value;
    view.status = document.getElementById('status').value;
    view.pages = [undefined];
  });
});
document.getElementById('status').addEventListener('change', () => document.getElementById('filters').requestSubmit());
document.getElementById('older').addEventListener('click', () => look(() => view.pages.push(view.older)));
document.getElementById('younger').addEventListener('click', () => look(() => view.pages.pop()));

const poll = new Poll(SECONDS, update);

/** Shows what an action has changed. */
export const refresh = () => look(() => {});
