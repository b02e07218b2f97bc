// What the pages of gates and PKI share: asking, polling, numbers in words, and elements made without markup.

const LANGUAGE = 'en-GB';
const whole = new Intl.NumberFormat(LANGUAGE);
const brief = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(LANGUAGE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'medium' });
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (n) => whole.format(n);
export const number = (n) => brief.format(n);
export const percent = (part, all) => (all === 0 ? '–' : share.format(part / all));
export const time = (at) => clock.format(at);
export const date = (iso) => moment.format(new Date(iso));

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return `${brief.format(n)} ${units[i]}`;
}

/** Seconds in words: the two largest units, or what has passed. */
export function span(seconds) {
  const past = seconds < 0;
  let rest = Math.abs(Math.round(seconds));
  const words = [];
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0 || (unit === 's' && words.length === 0)) {
      words.push(`${n} ${unit}`);
    }
    if (words.length === 2) {
      break;
    }
  }
  return past ? `ended ${words.join(' ')} ago` : words.join(' ');
}

/** How much of a certificate's life is left: seconds, share, and how near its end is. */
export function life(from, to, now = Date.now()) {
  const end = Date.parse(to);
  const left = (end - now) / 1000;
  const all = Math.max(1, (end - Date.parse(from)) / 1000);
  const part = Math.min(1, Math.max(0, left / all));
  return { left, part, state: left <= 0 ? 'over' : part < 0.33 ? 'near' : 'good' };
}

/** An element: el('td', {class: 'number'}, 'text', child). */
export function el(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...content);
  return element;
}

export function bar(part, state = 'good') {
  const element = el('span', { class: `bar ${state}`, 'aria-hidden': 'true' });
  element.style.setProperty('--share', String(Math.min(1, Math.max(0, part))));
  return element;
}

export const pill = (text, state = '') => el('span', { class: `pill ${state}` }, text);

export function put(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Puts one element into another unless it has the like already. */
export function place(id, element) {
  const parent = document.getElementById(id);
  if (!parent.firstElementChild?.isEqualNode(element)) {
    parent.replaceChildren(element);
  }
}

/** The rows of a table's body; a row is a list of cells, the first one its head. What is the same is left alone. */
export function rows(id, all, nothing) {
  const body = document.querySelector(`#${id} tbody`);
  const columns = document.querySelectorAll(`#${id} thead th`).length;
  const next = all.length === 0
    ? [el('tr', {}, el('td', { class: 'empty', colspan: columns }, nothing))]
    : all.map((cells) => el('tr', {}, ...cells));
  if (body.rows.length !== next.length || next.some((row, i) => !row.isEqualNode(body.rows[i]))) {
    body.replaceChildren(...next);
  }
}

export const head = (...content) => el('th', { scope: 'row', class: 'name' }, ...content);
export const cell = (...content) => el('td', {}, ...content);
/** The begin of a serial; the whole is told by pointing at it, and in the endpoints. */
export function serial(text) {
  const element = cell(text.length > 20 ? `${text.slice(0, 16)}…` : text);
  element.className = 'code';
  element.title = text;
  return element;
}

export const digits = (text, value) => el('td', { class: 'number', 'data-value': value }, text);

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Asks, and answers the JSON or text of it; anything but a success throws what the answer says. */
export async function ask(path, { method = 'GET', body, accept = [] } = {}) {
  const response = await fetch(path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(10000),
  });
  const json = /[/+]json/.test(response.headers.get('Content-Type') ?? '');
  const content = json ? await response.json() : await response.text();
  if (!response.ok && !accept.includes(response.status)) {
    throw new Refused(response.status, refusal(response, json ? content : {}));
  }
  return content;
}

function refusal(response, content) {
  const details = (content.violations ?? []).map((one) => `${one.item}: ${one.detail}`);
  const said = [content.detail ?? content.error ?? content.title ?? `status ${response.status}`, ...details];
  return said.filter((text) => text).join('; ');
}

/** Prometheus' text format, as a list of {name, tags, value}. */
export function samples(text) {
  const found = [];
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match) {
      const tags = {};
      for (const tag of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
        tags[tag[1]] = tag[2].replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
      }
      found.push({ name: match[1], tags, value: Number(match[3]) });
    }
  }
  return found;
}

export const meters = async (...names) => samples(await ask(`../actuator/prometheus?includedNames=${names.join(',')}`));

/**
 * Runs a step every few seconds while the page is seen and not paused, one at a time, and says in the page's one live region
 * when answers stop coming and when they come again.
 */
export class Poll {
  #step;
  #seconds;
  #timer;
  #running = false;
  #lost = false;

  constructor(seconds, step) {
    this.#seconds = seconds;
    this.#step = step;
    const pause = document.getElementById('pause');
    pause.addEventListener('click', () => {
      const paused = pause.getAttribute('aria-pressed') !== 'true';
      pause.setAttribute('aria-pressed', String(paused));
      this.#say(paused ? 'Updates are paused.' : '');
      this.#next(0);
    });
    document.addEventListener('visibilitychange', () => this.#next(0));
    this.#next(0);
  }

  #idle() {
    return document.hidden || document.getElementById('pause').getAttribute('aria-pressed') === 'true';
  }

  #next(seconds) {
    clearTimeout(this.#timer);
    if (!this.#idle() && !this.#running) {
      this.#timer = setTimeout(() => this.now(), seconds * 1000);
    }
  }

  async now() {
    if (this.#running) {
      return;
    }
    this.#running = true;
    try {
      await this.#step();
      put('updated', `Updated ${time(Date.now())}`);
      document.body.dataset.updates = String(Number(document.body.dataset.updates ?? 0) + 1);
      if (this.#lost) {
        this.#lost = false;
        this.#say('Answers come again.');
      }
    } catch (e) {
      if (!this.#lost) {
        this.#lost = true;
        this.#say(`No answer: ${e.message}. What is shown is old; trying again.`);
      }
    } finally {
      this.#running = false;
      this.#next(this.#seconds);
    }
  }

  #say(text) {
    put('said', text);
  }
}
