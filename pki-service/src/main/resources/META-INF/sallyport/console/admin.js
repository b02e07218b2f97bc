// What only the admins' listener has: revoking, tokens, certificates. Each is a call of the API under the admin's certificate.
import { ask, cell, date, el } from './console.js';
import { refresh, withActions } from './pki.js';

const API = '../api/v1';
const REASONS = ['unspecified', 'keyCompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation', 'privilegeWithdrawn'];

const field = (id, label, control) => el('div', {}, el('label', { for: id }, label), control);
const options = (values) => values.map((value) => el('option', {}, value));
const list = (text) => text.split(/[\s,]+/).filter((part) => part);

/** Runs an action once at a time and shows its refusal below it. */
async function act(button, fault, action) {
  button.disabled = true;
  fault.textContent = '';
  try {
    await action();
  } catch (e) {
    fault.textContent = e.message;
  } finally {
    button.disabled = false;
  }
}

function revocation() {
  const node = el('strong');
  const serial = el('code', { class: 'name' });
  const reason = el('select', { id: 'revoke-reason' }, ...options(REASONS));
  const typed = el('input', { id: 'revoke-node', autocomplete: 'off', spellcheck: 'false', required: true });
  const confirm = el('button', { type: 'submit', class: 'danger', disabled: true }, 'Revoke');
  const cancel = el('button', { type: 'button' }, 'Cancel');
  const fault = el('p', { class: 'fault', role: 'alert' });
  const form = el(
    'form',
    {},
    el('h2', { id: 'revoke-head' }, 'Revoke this certificate?'),
    el('p', {}, 'Node ', node, ', serial ', serial, '. It cannot be undone: gates refuse the node within seconds and end its connections.'),
    el('div', { class: 'fields' }, field('revoke-reason', 'Reason', reason), field('revoke-node', 'Type the node’s name to confirm', typed)),
    fault,
    el('div', { class: 'actions' }, confirm, cancel),
  );
  const dialog = el('dialog', { 'aria-labelledby': 'revoke-head' }, form);
  document.body.append(dialog);
  let chosen;
  typed.addEventListener('input', () => {
    confirm.disabled = typed.value !== chosen.nodeId;
  });
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(confirm, fault, async () => {
      await ask(`${API}/certificates/${chosen.serial}/revocation`, { method: 'PUT', body: { reason: reason.value } });
      dialog.close();
      await refresh();
    });
  });
  return (certificate) => {
    chosen = certificate;
    node.textContent = certificate.nodeId;
    serial.textContent = certificate.serial;
    typed.value = '';
    fault.textContent = '';
    confirm.disabled = true;
    dialog.showModal();
    typed.focus();
  };
}

function answer(card) {
  const place = el('div', { class: 'answer', hidden: true, role: 'status' });
  card.append(place);
  return (title, secret) => {
    const copy = el('button', { type: 'button', class: 'small' }, 'Copy');
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(secret);
      copy.textContent = 'Copied';
    });
    place.replaceChildren(title, ' ', copy, el('pre', { class: 'code', tabindex: '0' }, secret));
    place.hidden = false;
  };
}

function card(title, hint, form) {
  const made = el('div', { class: 'card half' }, el('h3', {}, title), el('p', { class: 'hint' }, hint), form);
  return { made, show: answer(made) };
}

function tokens() {
  const node = el('input', { id: 'token-node', required: true, maxlength: 63, autocomplete: 'off', spellcheck: 'false' });
  const role = el('select', { id: 'token-role' }, ...options(['edge', 'regional', 'pki']));
  const dns = el('input', { id: 'token-dns', autocomplete: 'off', spellcheck: 'false' });
  const ip = el('input', { id: 'token-ip', autocomplete: 'off', spellcheck: 'false' });
  const minutes = el('input', { id: 'token-minutes', type: 'number', min: 1, max: 1440, value: 60, required: true });
  const send = el('button', { type: 'submit', class: 'main' }, 'Make a token');
  const fault = el('p', { class: 'fault', role: 'alert' });
  const form = el(
    'form',
    { id: 'token' },
    el('div', { class: 'fields' }, field('token-node', 'Node', node), field('token-role', 'Role', role), field('token-dns', 'DNS names it serves under', dns), field('token-ip', 'Addresses it serves under', ip), field('token-minutes', 'Good for minutes', minutes)),
    fault,
    el('div', { class: 'actions' }, send),
  );
  const { made, show } = card('One-time token', 'With it a new node enrols, once. It is shown here and nowhere else.', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(send, fault, async () => {
      const token = await ask(`${API}/enrollment-tokens`, {
        method: 'POST',
        body: { nodeId: node.value, role: role.value, dnsNames: list(dns.value), ipAddresses: list(ip.value), ttl: `PT${minutes.value}M` },
      });
      show(`Token for ${token.nodeId}, good until ${date(token.expiresAt)}.`, token.token);
    });
  });
  return made;
}

function issuing() {
  const node = el('input', { id: 'issue-node', required: true, maxlength: 63, autocomplete: 'off', spellcheck: 'false' });
  const role = el('select', { id: 'issue-role' }, ...options(['edge', 'regional', 'pki', 'admin']));
  const csr = el('textarea', { id: 'issue-csr', class: 'code', rows: 4, required: true, spellcheck: 'false', autocomplete: 'off' });
  const send = el('button', { type: 'submit', class: 'main' }, 'Issue a certificate');
  const fault = el('p', { class: 'fault', role: 'alert' });
  const wide = field('issue-csr', 'Certification request (PKCS #10, PEM)', csr);
  wide.className = 'all';
  const form = el(
    'form',
    { id: 'issue' },
    el('div', { class: 'fields' }, field('issue-node', 'Node', node), field('issue-role', 'Role', role), wide),
    fault,
    el('div', { class: 'actions' }, send),
  );
  const { made, show } = card('Certificate for a request', 'For who cannot enrol with a token. The key stays where the request was made.', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(send, fault, async () => {
      const issued = await ask(`${API}/certificates`, { method: 'POST', body: { nodeId: node.value, role: role.value, csr: csr.value } });
      show(`Certificate for ${issued.nodeId}, ends ${date(issued.notAfter)}.`, issued.pem);
      await refresh();
    });
  });
  return made;
}

const revoke = revocation();
withActions(el('th', { scope: 'col' }, el('span', { class: 'unseen' }, 'Action')), (certificate) => {
  if (!['issued', 'superseded'].includes(certificate.status)) {
    return cell();
  }
  const button = el('button', { type: 'button', class: 'small', 'aria-label': `Revoke ${certificate.nodeId}, serial ${certificate.serial}` }, 'Revoke');
  button.addEventListener('click', () => revoke(certificate));
  return cell(button);
});

const section = el('section', { id: 'issue-section', 'aria-labelledby': 'issue-head' }, el('h2', { id: 'issue-head' }, 'Issue'), el('div', { class: 'grid' }, tokens(), issuing()));
document.getElementById('main').append(section);
document.querySelector('nav').append(el('a', { href: '#issue-section' }, 'Issue'));
document.getElementById('what').textContent = 'PKI, admins';
document.getElementById('foot').textContent = 'What is done here is done under the certificate that your browser showed.';
