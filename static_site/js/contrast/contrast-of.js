/** What tells two candidates apart, looked up in the result. The rules are brain.explanation.contrast's alone. */

import { wordingOf } from '../shared/wording.js';

/** @typedef {import('../shared/types.js').Justification} Justification */

/**
 * @param {Justification | null} explanation with a contrast for each pair of candidates, in either order
 * @param {number} label
 * @param {number} other
 * @returns {{leads: number[], sentence: string} | null} leads for each feature, in units of the logit, positive where
 *   it speaks for `label`; null where the pair was not compared
 */
export function contrastOf(explanation, label, other) {
  const contrasts = explanation?.contrasts ?? [];
  const pair = [label, other];
  const index = contrasts.findIndex(({ label_for: a, label_against: b }) => pair.includes(a) && pair.includes(b));
  if (index < 0) return null;
  const { label_for: first, leads } = contrasts[index];
  const sentence = wordingOf(explanation).contrasts[index];
  return { leads: first === label ? leads : leads.map((lead) => -lead), sentence };
}

/**
 * @template {{lead: number}} T
 * @param {T[]} parts
 * @returns {(T & {share: number})[]} the largest lead first; share: of the largest lead of either sign, -1 to 1
 */
export function rankLeads(parts) {
  const largest = parts.reduce((most, { lead }) => Math.max(most, Math.abs(lead)), 0) || 1;
  return parts.map((part) => ({ ...part, share: part.lead / largest })).sort((a, b) => b.lead - a.lead);
}
