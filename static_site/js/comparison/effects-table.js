/** What is left of the chance of one person when a part of the face is blurred in one of the two photos. */

import { reasonsOfSome } from '../result/feature-effects.js';
import { make } from '../shared/dom.js';
import { probabilityText } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Comparison} Comparison */
/** @typedef {import('../shared/types.js').ComparedPhoto} ComparedPhoto */

/**
 * @typedef {object} Left
 * @property {number} share of the chance that is left, 0 to 1
 * @property {'reason' | 'against' | null} role
 * @property {string[]} others the features together with which it has this role; none where it has it alone
 */

/**
 * @param {ComparedPhoto} photo
 * @param {string} name of a feature
 * @param {number} probability of one person with nothing blurred
 * @returns {Left | null} null where the part was not found in this photo, or not checked
 */
export function leftWithout({ features, reasons, reasons_against: against }, name, probability) {
  const effect = features.find((feature) => feature.name === name)?.effect;
  if (!effect) return null;
  const find = (/** @type {import('../shared/types.js').Reason[]} */ list) =>
    reasonsOfSome(features, list).find((reason) => reason.features.includes(name));
  const [reason, argument] = [find(reasons), find(against)];
  const role = reason ? 'reason' : argument ? 'against' : null;
  const others = ((reason ?? argument)?.features ?? []).filter((other) => other !== name);
  return { share: Math.min(1, Math.max(0, probability - effect.probability)), role, others };
}

/**
 * @param {Comparison} comparison
 * @returns {HTMLElement[]} a row for each part, the one that changes the chance most first
 */
export function makeRows({ photos, probability }) {
  const names = [...new Set(photos.flatMap(({ features }) => features.map(({ name }) => name)))];
  const rows = names.map((name) => ({ name, left: photos.map((photo) => leftWithout(photo, name, probability)) }));
  const change = (/** @type {(Left | null)[]} */ left) =>
    Math.max(...left.map((found) => (found ? Math.abs(found.share - probability) : 0)));
  rows.sort((a, b) => change(b.left) - change(a.left));
  return rows.map(({ name, left }) =>
    make('tr', {}, make('th', { scope: 'row' }, featureName(name)), ...left.map(makeCell)),
  );
}

/** @param {Left | null} left */
function makeCell(left) {
  if (!left) return make('td', {}, '–');
  const cell = make('td', { class: left.role ?? '' }, make('span', { class: 'number' }, probabilityText(left.share)));
  if (left.role) cell.append(' ', make('small', {}, describeRole(texts.comparison.roles[left.role], left.others)));
  return cell;
}

/** @param {string} role @param {string[]} others */
function describeRole(role, others) {
  return others.length ? texts.comparison.together(role, others.map(featureName).join(', ')) : role;
}
