/** "Who does it know?": a searchable list. */

import { searchIdentities } from '../shared/api.js';
import { find, make } from '../shared/dom.js';
import { counted } from '../shared/format.js';
import { sleep } from '../progress/poll.js';
import { toPageError } from '../shared/errors.js';

const SHOWN = 60;
const TYPING_PAUSE = 200;

/**
 * @param {HTMLDetailsElement} root
 * @param {(total: number) => void} onTotal the number of people known, once it is known
 */
export function createIdentityList(root, onTotal) {
  const input = find(root, 'input', HTMLInputElement);
  const note = find(root, '.note', HTMLElement);
  const list = find(root, 'ul', HTMLElement);
  let controller = new AbortController();

  /** @param {number} pause milliseconds to wait for more typing */
  async function search(pause) {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      await sleep(signal, pause);
      const answer = await searchIdentities(signal, input.value.trim(), SHOWN);
      onTotal(answer.total);
      list.replaceChildren(...answer.identities.map(({ name }) => make('li', {}, name)));
      note.textContent = describe(answer, input.value.trim());
    } catch (error) {
      if (!signal.aborted) note.textContent = toPageError(error, navigator.onLine).hint;
    }
  }

  input.addEventListener('input', () => search(TYPING_PAUSE));
  root.addEventListener('toggle', () => root.open && search(0));
  search(0);
}

/**
 * @param {{total: number, matches: number, identities: unknown[]}} answer
 * @param {string} query
 */
function describe({ total, matches, identities }, query) {
  if (matches === 0) return `Nobody called “${query}” among the ${total}.`;
  const known = query ? counted(matches, 'match', 'matches') : counted(total, 'person', 'people');
  return identities.length < matches ? `${known}, the first ${identities.length} shown.` : `${known}.`;
}
