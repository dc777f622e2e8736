/** The decoration of the start page: a face of 14 x 14 dots with a highlight that moves over it. Shows no result. */

import { colourAt } from '../shared/colours.js';

const CELLS = 14;
const FRAME_MS = 40;
const TOUR_MS = 9600;

/** Features that the highlight visits; position and size in cells. */
const FEATURES = [
  { x: 4, y: 5, width: 1.15, height: 0.85 },
  { x: 9, y: 5, width: 1.15, height: 0.85 },
  { x: 6.5, y: 7.5, width: 0.7, height: 1.3 },
  { x: 6.5, y: 10.5, width: 2, height: 0.75 },
];

/**
 * @param {number} x
 * @param {number} y
 * @param {{x: number, y: number, width: number, height: number}} feature
 */
function gaussian(x, y, feature) {
  return Math.exp(-(((x - feature.x) / feature.width) ** 2) - ((y - feature.y) / feature.height) ** 2);
}

/**
 * @param {number} x column, 0 to 13
 * @param {number} y row, 0 to 13
 * @returns {number} how strongly this cell belongs to a feature of the face, 0 to 1
 */
export function faceAt(x, y) {
  return Math.min(1, FEATURES.reduce((sum, feature) => sum + gaussian(x, y, feature), 0));
}

/**
 * @param {number} x
 * @param {number} y
 * @returns {boolean} whether this cell lies within the outline of a head
 */
export function inHead(x, y) {
  return ((x - 6.5) / 5.9) ** 2 + ((y - 6.6) / 7) ** 2 <= 1;
}

/**
 * Where the highlight is after some time: resting on one feature, then moving to the next.
 *
 * @param {number} seconds
 */
export function focusAt(seconds) {
  const step = seconds / 2.4;
  const index = Math.floor(step) % FEATURES.length;
  const part = Math.max(0, (step % 1) * 2 - 1);
  const ease = part * part * (3 - 2 * part);
  const [from, to] = [FEATURES[index], FEATURES[(index + 1) % FEATURES.length]];
  return { x: from.x + (to.x - from.x) * ease, y: from.y + (to.y - from.y) * ease };
}

/**
 * @param {HTMLCanvasElement} canvas square; its CSS colour is that of dots without highlight
 * @param {{x: number, y: number}} focus in cells
 */
function draw(canvas, focus) {
  const context = canvas.getContext('2d');
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!context || !side) return;
  canvas.width = side;
  canvas.height = side;
  const cell = side / CELLS;
  const rest = getComputedStyle(canvas).color;
  for (let y = 0; y < CELLS; y += 1) {
    for (let x = 0; x < CELLS; x += 1) {
      if (!inHead(x, y)) continue;
      const near = gaussian(x, y, { ...focus, width: 2.4, height: 2 });
      const part = faceAt(x, y);
      const heat = near * (0.25 + 0.75 * part);
      context.fillStyle = heat > 0.15 ? `rgb(${colourAt(0.34 + heat * 0.5).join(' ')})` : rest;
      context.globalAlpha = heat > 0.15 ? 1 : 0.22 + 0.6 * part;
      context.beginPath();
      context.arc((x + 0.5) * cell, (y + 0.5) * cell, cell * (0.14 + 0.22 * part + 0.1 * heat), 0, 7);
      context.fill();
    }
  }
}

/**
 * Animate until the signal aborts. The highlight visits every feature once, which is enough for a decoration, and
 * follows a mouse over `area`; with reduced motion it stays still.
 *
 * @param {AbortSignal} signal
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} area
 */
export function animateDotFace(signal, canvas, area) {
  /** @type {{x: number, y: number} | null} */
  let pointer = null;
  let focus = focusAt(0);
  let start = 0;
  let last = 0;
  let running = false;
  const frame = (/** @type {number} */ time) => {
    start ||= time;
    running = !signal.aborted && (pointer !== null || time - start < TOUR_MS);
    if (!running) return;
    if (time - last >= FRAME_MS) {
      const goal = pointer ?? focusAt((time - start) / 1000);
      focus = { x: focus.x + (goal.x - focus.x) * 0.2, y: focus.y + (goal.y - focus.y) * 0.2 };
      last = time;
      draw(canvas, focus);
    }
    requestAnimationFrame(frame);
  };
  draw(canvas, focus);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  area.addEventListener('pointerleave', () => (pointer = null), { signal });
  area.addEventListener(
    'pointermove',
    (event) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      const cells = CELLS / width;
      pointer = { x: (event.clientX - left) * cells - 0.5, y: (event.clientY - top) * cells - 0.5 };
      if (!running) requestAnimationFrame(frame);
      running = true;
    },
    { signal },
  );
  requestAnimationFrame(frame);
}
