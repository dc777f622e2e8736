/** The sentences of an explanation. One that is about parts of the face highlights them. */

import { make } from '../shared/dom.js';
import { keepTogether } from '../shared/format.js';
import { wordingOf } from '../shared/wording.js';

/**
 * @param {HTMLElement} root
 * @param {{onHighlight: (names: string[]) => void}} events features are to be highlighted, or none any more
 */
export function createSentences(root, { onHighlight }) {
  /** @type {{element: HTMLElement, features: string[]}[]} */
  let drawn = [];

  /**
   * @param {string} text
   * @param {string[]} features
   */
  function makeSentence(text, features) {
    const element = make('p', features.length ? { tabindex: 0, class: 'about' } : {}, keepTogether(text));
    if (features.length) {
      for (const event of ['pointerenter', 'focus']) element.addEventListener(event, () => onHighlight(features));
      for (const event of ['pointerleave', 'blur']) element.addEventListener(event, () => onHighlight([]));
    }
    return { element, features };
  }

  return {
    /** @param {import('../shared/types.js').Explanation | null} explanation null for no sentences */
    show(explanation) {
      const { language, sentences } = wordingOf(explanation);
      root.lang = language;
      drawn = sentences.map((text, index) => makeSentence(text, explanation?.mentions?.[index] ?? []));
      root.replaceChildren(...drawn.map(({ element }) => element));
    },
    /** @param {string[]} names of features */
    highlight(names) {
      for (const { element, features } of drawn) {
        element.classList.toggle('highlighted', features.some((name) => names.includes(name)));
      }
    },
  };
}
