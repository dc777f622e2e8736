/** What blurring a part of the face away did to the match, in words. */

import { percent } from './format.js';

/** @typedef {import('./types.js').Effect} Effect */
/** @typedef {import('./types.js').Feature} Feature */

/**
 * @param {number} before the match with everything in view, 0 to 1
 * @param {Effect} effect
 * @returns {string} the match without it
 */
export function without(before, effect) {
  return percent(Math.min(1, Math.max(0, before - effect.probability)));
}

/**
 * The control region that a reason has the hardest time to beat.
 *
 * @template {Effect} T
 * @param {T[]} controls
 * @returns {T | undefined}
 */
export function strictest(controls) {
  return controls.toSorted((one, other) => other.probability - one.probability)[0];
}

/**
 * @param {number} before the match with everything in view, 0 to 1
 * @param {Feature} feature
 * @returns {{verdict: string, finding: string}} both empty where nothing was checked
 */
export function effectWords(before, { effect, controls = [], reason = false, significant }) {
  if (!effect) return { verdict: '', finding: '' };
  const control = strictest(controls);
  const elsewhere = control ? `, elsewhere ${without(before, control)}` : '';
  const verdict = reason ? 'A reason' : significant ? 'Bright, but no reason' : '';
  return { verdict, finding: `Without it ${without(before, effect)}${elsewhere}` };
}
