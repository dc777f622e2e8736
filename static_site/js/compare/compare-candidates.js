/** What tells two candidates apart, looked up in the result. The rules are brain.explanation.contrast's alone. */

/** @typedef {import('../shared/types.js').PairContrast} PairContrast */

/**
 * @param {PairContrast[]} contrasts one for each pair of candidates, in either order
 * @param {number} label
 * @param {number} other
 * @returns {{leads: number[], sentence: string} | null} leads for each feature, in units of the logit, positive where
 *   it speaks for `label`; null where the pair was not compared
 */
export function contrastOf(contrasts, label, other) {
  const found = contrasts.find(({ label_for: a, label_against: b }) => a === label && b === other);
  if (found) return { leads: found.leads, sentence: found.sentence };
  const swapped = contrasts.find(({ label_for: a, label_against: b }) => a === other && b === label);
  return swapped ? { leads: swapped.leads.map((lead) => -lead), sentence: swapped.sentence } : null;
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
