/** The list of this device's results on the start page. */

import { find, make } from '../shared/dom.js';
import { locale } from '../shared/format.js';
import { writeSetting } from '../shared/settings.js';
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
  /** Counts the drawings: one that began before another must not replace it. */
  let turn = 0;

  async function draw() {
    turn += 1;
    const own = turn;
    const entries = await kept.list();
    const crops = await Promise.all(entries.map(({ id }) => kept.crop(id)));
    if (own !== turn) return;
    // It may have been changed in another tab.
    keep.checked = keepsResults();
    for (const url of urls) URL.revokeObjectURL(url);
    urls = crops.map((crop) => (crop ? URL.createObjectURL(crop) : ''));
    list.replaceChildren(...entries.map((entry, index) => makeRow(entry, urls[index])));
    clear.hidden = entries.length === 0;
    root.hidden = entries.length === 0 && keep.checked;
  }

  /** @param {import('./kept-results.js').Entry} entry @param {string} url of the thumbnail */
  function makeRow({ id, savedAt, result }, url) {
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
    ? date.toLocaleTimeString(locale(), { timeStyle: 'short' }).replace(/\s/g, '\u00a0')
    : date.toLocaleDateString(locale(), { dateStyle: 'medium' });
}
