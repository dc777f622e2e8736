/** A searchable list of the people that the model knows: those built in and those enrolled here. */

import { searchIdentities } from '../shared/api.js';
import { find, make } from '../shared/dom.js';
import { NEVER, sleep } from '../shared/sleep.js';
import { texts } from '../shared/texts.js';

const SHOWN = 60;
const TYPING_PAUSE_MS = 200;

/** @typedef {Awaited<ReturnType<typeof searchIdentities>>} Answer */

/** @param {HTMLDetailsElement} root */
export function createIdentityList(root) {
  const input = find(root, 'input[type=search]', HTMLInputElement);
  const sources = find(root, '.segments', HTMLFieldSetElement);
  const note = find(root, '.note', HTMLElement);
  const list = find(root, 'ul', HTMLElement);
  let controller = new AbortController();
  /** @type {Answer | null} */
  let found = null;

  const chosen = () => find(sources, ':checked', HTMLInputElement).value;

  function draw() {
    if (!found) return;
    const mixed = !sources.hidden && chosen() === 'both';
    list.replaceChildren(...found.identities.map((identity) => makeRow(identity, mixed)));
    note.textContent = describe(found, input.value.trim());
  }

  /** @param {number} pause milliseconds to wait for more typing */
  async function search(pause) {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      await sleep(signal, pause);
      found = await searchIdentities(signal, { q: input.value.trim(), limit: SHOWN, source: chosen() });
      draw();
    } catch {
      if (!signal.aborted) note.textContent = texts.people.failed;
    }
  }

  /** The choice of sources is offered where there are two. */
  async function offerSources() {
    // Whoever types meanwhile ends a search, but not this.
    const own = await searchIdentities(NEVER, { q: '', limit: 1, source: 'own' }).catch(() => null);
    if (own) sources.hidden = own.identities[0]?.source !== 'own';
    draw();
  }

  input.addEventListener('input', () => search(TYPING_PAUSE_MS));
  sources.addEventListener('change', () => search(0));
  return {
    draw,
    async show() {
      await search(0);
      await offerSources();
    },
  };
}

/**
 * @param {Answer['identities'][0]} identity
 * @param {boolean} mixed whether people of both sources are listed
 */
function makeRow({ name, source }, mixed) {
  const own = mixed && source === 'own';
  return make('li', {}, name, ...(own ? [' ', make('small', { class: 'tag' }, texts.people.own)] : []));
}

/**
 * @param {Answer} answer
 * @param {string} query
 */
function describe({ total, matches, identities }, query) {
  const words = texts.people;
  if (matches === 0) return words.none(query, total);
  const known = query ? words.matches(matches) : words.people(total);
  return identities.length < matches ? words.first(known, identities.length) : words.all(known);
}
