/** The other faces in the photo, each a button that has it explained. */

import { find, make } from '../shared/dom.js';
import { texts } from '../shared/texts.js';

const THUMBNAIL = 144;
const MARGIN = 0.25;

/** @typedef {import('../shared/types.js').Photo} Photo */
/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root section with a `.text` and a `.faces`
 * @param {Result} result
 * @param {Photo | null} photo null when it is not on this device any more
 * @param {(index: number) => void} onChoose
 */
export function showOtherFaces(root, result, photo, onChoose) {
  const others = result.face?.others ?? [];
  root.hidden = others.length === 0;
  const words = texts.faces;
  find(root, '.text', HTMLElement).textContent = `${words.count(others.length)} ${photo ? words.choose : words.again}`;
  const buttons = photo ? others.map((face, at) => makeButton(face, at, photo, result, onChoose)) : [];
  find(root, '.faces', HTMLElement).replaceChildren(...buttons);
}

/**
 * @param {import('../shared/types.js').OtherFace} face
 * @param {number} at
 * @param {Photo} photo
 * @param {Result} result
 * @param {(index: number) => void} onChoose
 */
function makeButton(face, at, photo, result, onChoose) {
  const canvas = make('canvas', { width: THUMBNAIL, height: THUMBNAIL, 'aria-hidden': 'true' });
  const image = new Image();
  image.onload = () => drawFace(canvas, image, face.box, result.source.width ?? image.naturalWidth);
  image.src = photo.url;
  const button = make('button', { type: 'button', class: 'face' }, canvas, texts.faces.face(at + 2));
  button.setAttribute('aria-label', texts.faces.explain(at + 2));
  button.addEventListener('click', () => onChoose(face.index));
  return button;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} image upright, as browsers show it
 * @param {import('../shared/types.js').Box} box in pixels of the upright photo
 * @param {number} width of the upright photo
 */
function drawFace(canvas, image, box, width) {
  const scale = image.naturalWidth / width;
  const side = Math.max(box.width, box.height) * (1 + MARGIN);
  const [x, y] = [box.x + (box.width - side) / 2, box.y + (box.height - side) / 2];
  const source = /** @type {const} */ ([x * scale, y * scale, side * scale, side * scale]);
  canvas.getContext('2d')?.drawImage(image, ...source, 0, 0, THUMBNAIL, THUMBNAIL);
}
