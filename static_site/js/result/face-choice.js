/** A photo with several faces: numbered boxes to choose from, and the names that are known, each a way to its result. */

import { find, make, showImage } from '../shared/dom.js';
import { texts } from '../shared/texts.js';
import { describeResult } from './verdict.js';

/** @typedef {import('../shared/types.js').Faces} Faces */
/** @typedef {import('../shared/types.js').Photo} Photo */
/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root the section of index.html
 * @param {object} events
 * @param {(face: number) => void} events.onChoose
 * @param {(faces: number[]) => void} events.onAll every face is to be explained
 */
export function createFaceChoice(root, { onChoose, onAll }) {
  const photoBox = find(root, '.face-photo', HTMLElement);
  const image = find(root, 'img', HTMLImageElement);
  const boxes = find(root, '.face-boxes', HTMLElement);
  const list = find(root, '.named-faces', HTMLElement);
  const all = find(root, '#all-faces', HTMLButtonElement);
  /** @type {number[]} */
  let indices = [];
  let current = 0;
  /** @type {Faces} */
  let known = new Map();
  let hasPhoto = false;
  all.addEventListener('click', () => onAll(indices));

  function write() {
    all.hidden = !hasPhoto || indices.every((index) => ['done', 'running'].includes(known.get(index)?.status ?? ''));
    list.replaceChildren(
      ...indices.flatMap((index) => {
        const state = known.get(index);
        return state ? [make('li', {}, makeEntry(index, state))] : [];
      }),
    );
    for (const button of boxes.querySelectorAll('button')) {
      if (Number(button.value) === current) button.setAttribute('aria-current', 'true');
    }
  }

  /**
   * @param {number} index
   * @param {import('../shared/types.js').FaceState} state
   * @returns {HTMLElement | string} a way to the face's result, once there is one
   */
  function makeEntry(index, state) {
    if (!state.result) return describe(index, state);
    const shown = index === current && 'true';
    const button = make('button', { type: 'button', class: 'named-face', 'aria-current': shown }, describe(index, state));
    button.addEventListener('click', () => onChoose(index));
    return button;
  }

  return {
    /**
     * @param {Result} result
     * @param {Photo | null} photo null when it is not on this device any more
     */
    show({ face, source }, photo) {
      const found = face ? [{ index: face.index, box: face.box }, ...face.others] : [];
      found.sort((a, b) => a.index - b.index);
      root.hidden = found.length < 2;
      if (!face || root.hidden) return;
      indices = found.map(({ index }) => index);
      current = face.index;
      hasPhoto = photo !== null && Boolean(source.width && source.height);
      const words = texts.faces;
      find(root, 'h2', HTMLElement).textContent = words.count(found.length);
      find(root, '.text', HTMLElement).textContent = (hasPhoto ? words.choose : words.again)(current + 1);
      photoBox.hidden = !hasPhoto;
      if (photo) showImage(image, photo.url);
      boxes.replaceChildren(...(hasPhoto ? found : []).map(({ index, box }) => makeBox(index, box, source, onChoose)));
      write();
    },
    /** @param {Faces} faces what is known about each */
    setFaces(faces) {
      known = faces;
      write();
    },
  };
}

/**
 * @param {number} index
 * @param {import('../shared/types.js').FaceState} state
 */
function describe(index, { status, result }) {
  const words = texts.faces;
  const name = result ? describeResult(result).title : { running: words.running, failed: words.failed, done: '' }[status];
  return words.named(index + 1, name);
}

/**
 * @param {number} index
 * @param {import('../shared/types.js').Box} box in pixels of the upright photo
 * @param {Result['source']} source the photo's size
 * @param {(face: number) => void} onChoose
 */
function makeBox(index, box, { width, height }, onChoose) {
  const button = make('button', { type: 'button', class: 'face-box', value: index }, make('span', {}, String(index + 1)));
  const share = (/** @type {number} */ value, /** @type {number | null} */ whole) => `${(value / (whole ?? 1)) * 100}%`;
  button.style.left = share(box.x, width);
  button.style.top = share(box.y, height);
  button.style.width = share(box.width, width);
  button.style.height = share(box.height, height);
  button.setAttribute('aria-label', texts.faces.explain(index + 1));
  button.addEventListener('click', () => onChoose(index));
  return button;
}
