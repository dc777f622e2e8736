/** The list of this device's results on the start page. */

import { find, make } from '../shared/dom.js';
import { writeSetting } from '../shared/settings.js';
import { texts } from '../shared/texts.js';
import { KEEP, keepsResults } from './kept-results.js';

/** @typedef {ReturnType<typeof import('./kept-results.js').createKeptResults>} KeptResults */

/**
 * @param {HTMLElement} root the section of index.html
 * @param {KeptResults} kept
 * @param {typeof import('../result/verdict.js').describeResult} describe
 */
export function createDeviceList(root, kept, describe) {
  const list = find(root, 'ul', HTMLElement);
  const keep = find(root, '#keep-results', HTMLInputElement);
  const clear = find(root, '#clear-results', HTMLButtonElement);
  /** @type {string[]} object URLs of the thumbnails */
  let urls = [];

  async function draw() {
    const entries = await kept.list();
    for (const url of urls) URL.revokeObjectURL(url);
    urls = [];
    const rows = await Promise.all(entries.map(makeRow));
    list.replaceChildren(...rows);
    clear.hidden = entries.length === 0;
    root.hidden = entries.length === 0 && keep.checked;
  }

  /** @param {import('./kept-results.js').Entry} entry */
  async function makeRow({ id, savedAt, result }) {
    const crop = (await kept.get(id))?.crops.cropped;
    const url = crop ? URL.createObjectURL(crop) : '';
    urls.push(url);
    const image = make('img', { src: url, alt: '', width: 48, height: 48 });
    const { title, certainty } = describe(result);
    const details = [certainty, when(new Date(savedAt))].filter(Boolean).join(' · ');
    const name = make('span', { class: 'name' }, title);
    const link = make('a', { class: 'kept', href: `#${id}` }, image, name, make('span', { class: 'muted' }, details));
    return make('li', {}, link);
  }

  keep.checked = keepsResults();
  keep.addEventListener('change', async () => {
    writeSetting(KEEP, keep.checked ? 'yes' : 'no');
    if (!keep.checked) await kept.clear();
    await draw();
  });
  clear.addEventListener('click', async () => {
    await kept.clear();
    await draw();
    keep.focus();
  });

  return { draw };
}

/** @param {Date} date @returns {string} the time, where it is of today */
function when(date) {
  const today = date.toDateString() === new Date().toDateString();
  return today
    ? date.toLocaleTimeString(texts.code, { timeStyle: 'short' }).replace(/\s/g, '\u00a0')
    : date.toLocaleDateString(texts.code, { dateStyle: 'medium' });
}
