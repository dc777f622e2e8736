/** The fold-outs under a result: files to keep, and how it was made. */

import { resultPath } from '../shared/api.js';
import { find, make } from '../shared/dom.js';
import { duration, readable } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Result} Result */

/** @type {Record<string, string>} */
const FILES = {
  blended: 'Photo with the map over it',
  cropped: 'The face alone',
  heat_map: 'Map in colour',
  gc_map: 'Map in grey, as numbers',
  evidence: 'Evidence in grey, as measured',
};

/** @type {Record<string, string>} */
const STAGES = {
  decode: 'Reading the photo',
  face: 'Finding the face',
  classify: 'Comparing',
  gradcam: 'Grad-CAM',
  features: 'Finding the parts',
  checks: 'Checking',
  evidence: 'Measuring evidence',
  fidelity: 'Testing the maps',
  blend: 'Drawing',
};

/**
 * @param {HTMLElement} list
 * @param {Result} result
 */
export function showFiles(list, result) {
  const artifacts = Object.entries(result.artifacts).map(([role, url]) =>
    make('a', { href: url, target: '_blank', rel: 'noopener', download: role }, FILES[role] ?? readable(role)),
  );
  const name = `brain-${result.id}.json`;
  const whole = make('a', { href: resultPath(result.id), download: name }, 'Everything as JSON');
  list.replaceChildren(...[...artifacts, whole].map((link) => make('li', {}, link)));
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showProvenance(root, result) {
  const stages = Object.entries(result.timings).filter(([stage]) => stage !== 'total');
  const sum = stages.reduce((seconds, [, value]) => seconds + value, 0);
  const total = result.timings.total ?? sum;
  find(root, '.total', HTMLElement).textContent = stages.length ? `Thinking took ${duration(total)}.` : '';
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
  const fill = make('span', { class: 'fill' });
  fill.style.width = `${sum > 0 ? (seconds / sum) * 100 : 0}%`;
  return make(
    'li',
    {},
    make('span', { class: 'name' }, STAGES[stage] ?? readable(stage)),
    make('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
    make('span', { class: 'number' }, duration(seconds)),
  );
}

/**
 * @param {Result} result
 * @returns {[string, string][]}
 */
function facts({ id, model, face, source, created_at: created }) {
  /** @type {[string, string][]} */
  const rows = [];
  if (model) rows.push(['Model', `${model.name} ${model.version}, knows ${model.identities} people`]);
  if (face) rows.push(['Face found by', readable(face.cascade)]);
  if (source.width && source.height) rows.push(['Photo', `${source.width} × ${source.height} pixels`]);
  rows.push(['Sent', new Date(created).toLocaleString()], ['Id', id]);
  return rows;
}
