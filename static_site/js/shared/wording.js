/** The sentences of a result in the visitor's language. */

import { texts } from './texts.js';

/** @typedef {import('./types.js').Comparison} Comparison */
/** @typedef {import('./types.js').Justification} Justification */
/** @typedef {import('./types.js').Result} Result */

/**
 * @param {Justification | null} explanation
 * @returns {{language: string, sentences: string[], contrasts: string[]}} in the language of the page where the result
 *   has it, otherwise in the result's own
 */
export function wordingOf(explanation) {
  const translation = explanation?.translations?.[texts.code];
  if (translation) return { language: texts.code, ...translation };
  const contrasts = (explanation?.contrasts ?? []).map(({ sentence }) => sentence);
  return { language: explanation?.language ?? 'en', sentences: explanation?.sentences ?? [], contrasts };
}

/**
 * @param {Comparison} comparison
 * @returns {{language: string, sentences: string[]}} as in `wordingOf`
 */
export function comparisonWording({ translations, language, sentences }) {
  const translated = translations[texts.code];
  return translated ? { language: texts.code, sentences: translated } : { language, sentences };
}

/**
 * @param {Pick<Result, 'comparison' | 'explanation'>} result of one photo, or of two
 * @returns {{language: string, sentences: string[]}}
 */
export function sentencesOf({ comparison, explanation }) {
  return comparison ? comparisonWording(comparison) : wordingOf(explanation);
}
