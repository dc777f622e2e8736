/** A picture for sharing: one face or two with their maps, the finding, the sentences, the model, the date and the site. */

import { keepTogether, locale } from '../shared/format.js';

/** @typedef {import('../shared/types.js').SharePicture} SharePicture */

const WIDTH = 1080;
const MARGIN = 64;
const BETWEEN = 24;
const FONT = 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const COLOURS = { paper: '#f8f6fb', ink: '#1d1530', muted: '#5c5370', accent: '#6f1a68' };
const TYPES = {
  muted: { size: 28, line: 42, weight: 400, colour: COLOURS.muted },
  title: { size: 72, line: 84, weight: 750, colour: COLOURS.ink },
  strong: { size: 34, line: 56, weight: 650, colour: COLOURS.accent },
  text: { size: 32, line: 46, weight: 400, colour: COLOURS.ink },
};

/** @typedef {{text: string, type: keyof typeof TYPES, gap?: number}} Paragraph gap above, pixels */

/**
 * @param {(text: string) => number} measure width in pixels
 * @param {string} text
 * @param {number} width pixels
 * @returns {string[]} lines that fit, broken after words and hyphens; a word that is longer than a line is cut
 */
export function wrap(measure, text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const piece of text.match(/ ?[^ -]*-?/g)?.filter(Boolean) ?? []) {
    const longer = `${lines.at(-1) ?? ''}${piece}`;
    if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(...cut(measure, piece.trimStart(), width));
  }
  return lines;
}

/**
 * @param {(text: string) => number} measure width in pixels
 * @param {string} word
 * @param {number} width pixels
 * @returns {string[]} the word, or where it is too long, parts of it that fit
 */
function cut(measure, word, width) {
  let length = word.length;
  while (length > 1 && measure(word.slice(0, length)) > width) length -= 1;
  return length < word.length ? [word.slice(0, length), ...cut(measure, word.slice(length), width)] : [word];
}

/**
 * @param {SharePicture} picture
 * @returns {Paragraph[]}
 */
function paragraphs({ result, notes, title, strong, sentences }) {
  const date = new Date(result.created_at).toLocaleDateString(locale(), { dateStyle: 'long' });
  const site = location.protocol === 'https:' ? location.host : '';
  const model = result.model ? `${result.model.name} ${result.model.version}` : '';
  return [
    ...notes.map((text, index) => ({ text, type: /** @type {const} */ ('muted'), gap: index ? 28 : 0 })),
    { text: title, type: 'title', gap: 8 },
    { text: strong, type: 'strong' },
    ...sentences.map((text) => ({ text: keepTogether(text), type: /** @type {const} */ ('text'), gap: 10 })),
    { text: ['BRAIN', model, date, site].filter(Boolean).join(' · '), type: 'muted', gap: 32 },
  ];
}

/** @param {keyof typeof TYPES} type */
function fontOf(type) {
  return `${TYPES[type].weight} ${TYPES[type].size}px ${FONT}`;
}

/**
 * A map that ends inside the face, with its edges faded as on the page: they are no edges in the photo.
 *
 * @param {ImageBitmap} map
 */
function faded(map) {
  const { width, height } = map;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) return map;
  context.drawImage(map, 0, 0);
  context.globalCompositeOperation = 'destination-in';
  for (const [x, y] of [[width, 0], [0, height]]) {
    const gradient = context.createLinearGradient(0, 0, x, y);
    for (const [stop, alpha] of [[0, 0], [0.08, 1], [0.92, 1], [1, 0]]) gradient.addColorStop(stop, `rgb(0 0 0 / ${alpha})`);
    context.fillStyle = gradient;
    context.fillRect(0, 0, width, height);
  }
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('../shared/types.js').DrawnFace} drawn
 * @param {number} x left edge, pixels
 * @param {number} side pixels
 */
function drawFace(context, { face, map, opacity, box }, x, side) {
  context.save();
  context.beginPath();
  context.roundRect(x, MARGIN, side, side, 36);
  context.clip();
  context.drawImage(face, x, MARGIN, side, side);
  context.globalAlpha = opacity;
  context.drawImage(box.width < 1 ? faded(map) : map, x + box.x * side, MARGIN + box.y * side, box.width * side, box.height * side);
  context.restore();
}

/**
 * @param {SharePicture} picture
 * @returns {Promise<Blob | null>} a PNG
 */
export async function drawSharePicture(picture) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return null;
  const { faces } = picture;
  const width = WIDTH - 2 * MARGIN;
  const side = (width - BETWEEN * (faces.length - 1)) / faces.length;
  const lines = paragraphs(picture).flatMap(({ text, type, gap = 0 }) => {
    context.font = fontOf(type);
    const wrapped = wrap((part) => context.measureText(part).width, text, width);
    return wrapped.map((line, index) => ({ line, type, gap: index ? 0 : gap }));
  });
  canvas.width = WIDTH;
  canvas.height = 3 * MARGIN + side + lines.reduce((sum, { type, gap }) => sum + TYPES[type].line + gap, 0);
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  faces.forEach((face, index) => drawFace(context, face, MARGIN + index * (side + BETWEEN), side));
  let y = 2 * MARGIN + side;
  for (const { line, type, gap } of lines) {
    context.font = fontOf(type);
    context.fillStyle = TYPES[type].colour;
    y += gap + TYPES[type].line;
    context.fillText(line, MARGIN, y - 0.3 * TYPES[type].line);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
