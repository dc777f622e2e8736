/** The sentences of an explanation. One that is about parts of the face highlights them. */

import { make } from '../shared/dom.js';
import { keepTogether } from '../shared/format.js';

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
    /**
     * @param {{language: string, sentences: string[]}} wording
     * @param {string[][]} [mentions] the features that each sentence is about
     */
    show({ language, sentences }, mentions = []) {
      root.lang = language;
      drawn = sentences.map((text, index) => makeSentence(text, mentions[index] ?? []));
      root.replaceChildren(...drawn.map(({ element }) => element));
    },
    /** @param {string[]} names of features */
    highlight(names) {
      // A sentence that is pointed at lights up alone; the others may share a part with it.
      const pointed = drawn.find(({ features }) => features === names);
      for (const sentence of drawn) {
        const shares = sentence.features.some((name) => names.includes(name));
        sentence.element.classList.toggle('highlighted', pointed ? sentence === pointed : shares);
      }
    },
  };
}
