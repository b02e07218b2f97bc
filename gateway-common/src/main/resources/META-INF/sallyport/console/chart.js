// A line chart of shares over time, drawn with attributes only: no style that the page's policy would refuse.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 720;
const HEIGHT = 200;
const LEFT = 40;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;

function shape(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}

/** Shares from 0 to 1 of two series; a point without a share is a gap in the line. */
export class Chart {
  #svg;
  #seconds;
  #points = [];
  #label;

  /** Shows the last so many seconds. */
  constructor(svg, seconds, label) {
    this.#svg = svg;
    this.#seconds = seconds;
    this.#label = label;
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute('role', 'img');
  }

  add(at, one, two) {
    this.#points.push({ at, one, two });
    while (this.#points.length > 0 && this.#points[0].at < at - this.#seconds * 1000) {
      this.#points.shift();
    }
    this.#draw(at);
  }

  #draw(now) {
    const x = (at) => LEFT + (WIDTH - LEFT - RIGHT) * (1 - (now - at) / (this.#seconds * 1000));
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value);
    const shapes = [];
    for (const value of [0, 0.25, 0.5, 0.75, 1]) {
      shapes.push(shape('line', { class: 'rule', x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }));
      shapes.push(shape('text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, `${value * 100} %`));
    }
    for (let ago = 0; ago <= this.#seconds; ago += this.#seconds / 5) {
      const anchor = ago === 0 ? 'end' : ago === this.#seconds ? 'start' : 'middle';
      const text = ago === 0 ? 'now' : `−${Math.round(ago / 60)} min`;
      shapes.push(shape('text', { x: x(now - ago * 1000), y: HEIGHT - 6, 'text-anchor': anchor }, text));
    }
    for (const series of ['two', 'one']) {
      shapes.push(shape('path', { class: series, d: this.#line(series, x, y) }));
    }
    this.#svg.replaceChildren(...shapes);
    this.#svg.setAttribute('aria-label', this.#label(this.#points.at(-1)));
  }

  #line(series, x, y) {
    let path = '';
    let open = false;
    for (const point of this.#points) {
      const value = point[series];
      if (value === undefined) {
        open = false;
        continue;
      }
      const place = `${x(point.at).toFixed(1)} ${y(value).toFixed(1)}`;
      // A line of no length is drawn as a dot, by its round ends.
      path += open ? `L${place}` : `M${place}h0`;
      open = true;
    }
    return path;
  }
}
