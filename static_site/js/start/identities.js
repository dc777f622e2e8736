/** A searchable list of the people that the model knows. */

import { searchIdentities } from '../shared/api.js';
import { find, make } from '../shared/dom.js';
import { toPageError } from '../shared/errors.js';
import { sleep } from '../shared/sleep.js';
import { texts } from '../shared/texts.js';

const SHOWN = 60;
const TYPING_PAUSE_MS = 200;

/**
 * @param {HTMLDetailsElement} root
 * @param {(total: number) => void} onTotal the number of people, once it is known
 */
export function createIdentityList(root, onTotal) {
  const input = find(root, 'input', HTMLInputElement);
  const note = find(root, '.note', HTMLElement);
  const list = find(root, 'ul', HTMLElement);
  let controller = new AbortController();
  /** @type {Awaited<ReturnType<typeof searchIdentities>> | null} */
  let found = null;

  function draw() {
    if (!found) return;
    list.replaceChildren(...found.identities.map(({ name }) => make('li', {}, name)));
    note.textContent = describe(found, input.value.trim());
  }

  /** @param {number} pause milliseconds to wait for more typing */
  async function search(pause) {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      await sleep(signal, pause);
      found = await searchIdentities(signal, input.value.trim(), SHOWN);
      onTotal(found.total);
      draw();
    } catch (error) {
      if (!signal.aborted) note.textContent = toPageError(error, navigator.onLine).hint;
    }
  }

  input.addEventListener('input', () => search(TYPING_PAUSE_MS));
  root.addEventListener('toggle', () => root.open && search(0));
  search(0);
  return { draw };
}

/**
 * @param {{total: number, matches: number, identities: unknown[]}} answer
 * @param {string} query
 */
function describe({ total, matches, identities }, query) {
  const words = texts.people;
  if (matches === 0) return words.none(query, total);
  const known = query ? words.matches(matches) : words.people(total);
  return identities.length < matches ? words.first(known, identities.length) : words.all(known);
}
