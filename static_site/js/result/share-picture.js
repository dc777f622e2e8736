/** A picture for sharing: the face with its map, the name, the sentences, the date and the model. */

import { texts } from '../shared/texts.js';
import { wordingOf } from '../shared/wording.js';
import { describeIdentity } from './verdict.js';

/** @typedef {import('../shared/types.js').Result} Result */

const WIDTH = 1080;
const MARGIN = 64;
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
 * @returns {string[]} lines that fit; a word that is too long has a line of its own
 */
export function wrap(measure, text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * @param {Result} result
 * @param {string} mapTitle such as `Evidence for Ada`
 * @returns {Paragraph[]}
 */
function paragraphs(result, mapTitle) {
  const { before, title, certainty, share } = describeIdentity(result);
  const date = new Date(result.created_at).toLocaleDateString(texts.code, { dateStyle: 'long' });
  const model = result.model ? `${result.model.name} ${result.model.version}` : '';
  return [
    { text: mapTitle, type: 'muted' },
    { text: before, type: 'muted', gap: 28 },
    { text: title, type: 'title' },
    { text: [certainty, share].filter(Boolean).join(' · '), type: 'strong' },
    ...wordingOf(result.explanation).sentences.map((text) => ({ text, type: /** @type {const} */ ('text'), gap: 10 })),
    { text: ['BRAIN', model, date].filter(Boolean).join(' · '), type: 'muted', gap: 32 },
  ];
}

/** @param {keyof typeof TYPES} type */
function fontOf(type) {
  return `${TYPES[type].weight} ${TYPES[type].size}px ${FONT}`;
}

/**
 * @param {Result} result
 * @param {object} picture
 * @param {CanvasImageSource} picture.face square
 * @param {HTMLCanvasElement} picture.map
 * @param {number} picture.opacity of the map, 0 to 1
 * @param {import('../shared/types.js').Box} picture.box where the map lies, as shares of the face's side
 * @param {string} picture.title of the map
 * @returns {Promise<Blob | null>} a PNG
 */
export async function drawSharePicture(result, { face, map, opacity, box, title }) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return null;
  const side = WIDTH - 2 * MARGIN;
  const lines = paragraphs(result, title).flatMap(({ text, type, gap = 0 }) => {
    context.font = fontOf(type);
    const wrapped = wrap((part) => context.measureText(part).width, text, side);
    return wrapped.map((line, index) => ({ line, type, gap: index ? 0 : gap }));
  });
  canvas.width = WIDTH;
  canvas.height = 3 * MARGIN + side + lines.reduce((sum, { type, gap }) => sum + TYPES[type].line + gap, 0);
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.beginPath();
  context.roundRect(MARGIN, MARGIN, side, side, 36);
  context.clip();
  context.drawImage(face, MARGIN, MARGIN, side, side);
  context.globalAlpha = opacity;
  context.drawImage(map, MARGIN + box.x * side, MARGIN + box.y * side, box.width * side, box.height * side);
  context.restore();
  let y = 2 * MARGIN + side;
  for (const { line, type, gap } of lines) {
    context.font = fontOf(type);
    context.fillStyle = TYPES[type].colour;
    y += gap + TYPES[type].line;
    context.fillText(line, MARGIN, y - 0.3 * TYPES[type].line);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
