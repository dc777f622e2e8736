/** From the chosen file to what is uploaded: checked, scaled down, without metadata. */

import { pageError } from '../shared/errors.js';
import { checkContent, checkPhoto } from './file-type.js';

/**
 * Scale a photo in a worker, so that the page stays responsive.
 *
 * @param {AbortSignal} signal
 * @param {Blob} file
 * @returns {Promise<Blob | null>} a JPEG; null where this browser cannot decode the file
 * @throws {import('../shared/errors.js').PageError} the worker could not be loaded
 */
export function scaleInWorker(signal, file) {
  const worker = new Worker(new URL('./scale-worker.js', import.meta.url), { type: 'module' });
  /** @type {Promise<Blob | null>} */
  const scaled = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    // A photo must not go out with its metadata because a connection was lost.
    worker.onerror = () => reject(pageError('network'));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.postMessage(file);
  });
  return scaled.finally(() => worker.terminate());
}

/**
 * @param {AbortSignal} signal
 * @param {Blob} file
 * @param {object} choices
 * @param {boolean} choices.original upload the file as it is
 * @param {(signal: AbortSignal, file: Blob) => Promise<Blob | null>} choices.scale
 * @returns {Promise<{file: Blob, type: string}>}
 * @throws {import('../shared/errors.js').PageError} empty, too large, not readable, or not a photo
 */
export async function preparePhoto(signal, file, { original, scale }) {
  await checkContent(signal, file);
  const scaled = original ? null : await scale(signal, file);
  signal.throwIfAborted();
  if (scaled) return { file: scaled, type: scaled.type };
  // A photo that the browser cannot decode may still be one that the server can, or knows a better error for.
  return { file, type: await checkPhoto(signal, file) };
}
