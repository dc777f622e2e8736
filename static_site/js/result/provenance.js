/** The disclosures below a result: downloads, and how the result was made. */

import { resultPath } from '../shared/api.js';
import { find, make, makeBar } from '../shared/dom.js';
import { duration, locale, readable } from '../shared/format.js';
import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} list
 * @param {Result} result
 */
export function showFiles(list, result) {
  const { roles, json } = texts.files;
  const artifacts = Object.entries(result.artifacts).map(([role, url]) =>
    make('a', { href: url, target: '_blank', rel: 'noopener', download: role }, roles[role] ?? readable(role)),
  );
  const name = `brain-${result.id}.json`;
  const everything = make('a', { href: resultPath(result.id), download: name }, json);
  list.replaceChildren(...[...artifacts, everything].map((link) => make('li', {}, link)));
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showProvenance(root, result) {
  const stages = Object.entries(result.timings).filter(([stage]) => stage !== 'total');
  const sum = stages.reduce((seconds, [, value]) => seconds + value, 0);
  const total = stages.length ? texts.provenance.total(duration(result.timings.total ?? sum)) : '';
  find(root, '.total', HTMLElement).textContent = total;
  find(root, '.stages', HTMLElement).replaceChildren(...stages.map(([stage, value]) => makeStage(stage, value, sum)));
  find(root, 'dl', HTMLElement).replaceChildren(
    ...facts(result).flatMap(([term, text]) => [make('dt', {}, term), make('dd', {}, text)]),
  );
}

/**
 * @param {string} stage
 * @param {number} seconds
 * @param {number} sum of all stages, seconds
 */
function makeStage(stage, seconds, sum) {
  return make(
    'li',
    {},
    make('span', { class: 'name' }, texts.provenance.stages[stage] ?? readable(stage)),
    makeBar(sum > 0 ? seconds / sum : 0),
    make('span', { class: 'number' }, duration(seconds)),
  );
}

/**
 * @param {Result} result
 * @returns {[string, string][]}
 */
function facts({ id, model, face, source, created_at: created }) {
  const words = texts.provenance;
  const foundBy = face?.found_by ?? face?.cascade;
  /** @type {[string, string][]} */
  const rows = [];
  if (model) rows.push([words.model, words.modelValue(`${model.name} ${model.version}`, model.identities)]);
  if (foundBy) rows.push([words.foundBy, words.detectors[foundBy] ?? readable(foundBy)]);
  if (source.width && source.height) rows.push([words.photo, words.size(source.width, source.height)]);
  rows.push([words.sent, new Date(created).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' })], [words.id, id]);
  return rows;
}
