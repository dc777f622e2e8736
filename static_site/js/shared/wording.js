/** The sentences of a result in the visitor's language. */

import { texts } from './texts.js';

/** @typedef {import('./types.js').Explanation} Explanation */

/**
 * @param {Explanation | null} explanation
 * @returns {{language: string, sentences: string[], contrasts: string[]}} in the language of the page where the result
 *   has it, otherwise in the result's own
 */
export function wordingOf(explanation) {
  const translation = explanation?.translations?.[texts.code];
  if (translation) return { language: texts.code, ...translation };
  const contrasts = (explanation?.contrasts ?? []).map(({ sentence }) => sentence);
  return { language: explanation?.language ?? 'en', sentences: explanation?.sentences ?? [], contrasts };
}
