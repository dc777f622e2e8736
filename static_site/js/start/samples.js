/** Sample photos with their finished results: static files that `python -m infra.samples` writes. */

import { find, make } from '../shared/dom.js';
import { pageError } from '../shared/errors.js';

/** @typedef {import('../shared/types.js').Result} Result */
/** @typedef {import('../shared/types.js').Sample} Sample */

const FOLDER = 'samples';

/**
 * @param {AbortSignal} signal
 * @param {string} url
 * @returns {Promise<Response>}
 * @throws {import('../shared/errors.js').PageError}
 */
async function load(signal, url) {
  const response = await fetch(url, { signal }).catch((error) => {
    signal.throwIfAborted();
    throw pageError('network', { detail: String(error) });
  });
  if (!response.ok) throw pageError('not-found');
  return response;
}

/** @param {AbortSignal} signal @returns {Promise<Sample[]>} */
async function loadIndex(signal) {
  return (await (await load(signal, `${FOLDER}/index.json`)).json()).samples;
}

/**
 * @param {AbortSignal} signal
 * @param {string} slug
 * @returns {Promise<{sample: Sample, result: Result, url: string}>} url of the photo
 * @throws {import('../shared/errors.js').PageError} there is no such sample
 */
export async function openSample(signal, slug) {
  const [samples, result] = await Promise.all([loadIndex(signal), load(signal, `${FOLDER}/${slug}/result.json`)]);
  const sample = samples.find((other) => other.slug === slug);
  if (!sample) throw pageError('not-found');
  return { sample, result: await result.json(), url: `${FOLDER}/${slug}/photo.jpg` };
}

/**
 * @param {AbortSignal} signal
 * @param {string} url of a sample photo
 * @returns {Promise<Blob>}
 * @throws {import('../shared/errors.js').PageError} it did not arrive
 */
export async function loadPhoto(signal, url) {
  return (await load(signal, url)).blob();
}

/**
 * Offer the samples; nothing is shown where there are none.
 *
 * @param {HTMLElement} root
 */
export async function showSamples(root) {
  const samples = await loadIndex(AbortSignal.timeout(20_000)).catch(() => []);
  root.hidden = samples.length === 0;
  find(root, 'ul', HTMLElement).replaceChildren(
    ...samples.map(({ slug, name }) => {
      const image = make('img', { src: `${FOLDER}/${slug}/thumbnail.jpg`, alt: '', width: 96, height: 96, loading: 'lazy' });
      return make('li', {}, make('a', { class: 'sample', href: `#sample-${slug}` }, image, make('span', {}, name)));
    }),
  );
}
