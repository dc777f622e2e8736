/** A flow with nothing real around it, for its tests. */

import { createFlow } from '../../../../static_site/js/flow.js';

export const ID = 'a'.repeat(32);
export const FACE_MISSING = { code: 3, message: 'ERROR: sorry, frontal face wasn\'t detected', reason: 'no-face', hint: 'Turn.' };

/**
 * A flow whose views only record what they are told. `changes` replaces single dependencies.
 *
 * @param {Record<string, any>} [changes]
 */
export function world(changes = {}) {
  const log = /** @type {any[]} */ ([]);
  const note = (/** @type {string} */ what) => (/** @type {any[]} */ ...rest) => void log.push([what, ...rest]);
  const released = /** @type {string[]} */ ([]);
  const known = /** @type {string[][]} */ ([]);
  const parts = {
    views: {
      start: note('start'),
      progress: note('progress'),
      sent: note('sent'),
      resent: note('resent'),
      result: note('result'),
      error: note('error'),
      interrupted: note('interrupted'),
      kept: note('kept'),
      pair: note('pair'),
      faces: (/** @type {any} */ faces) => void known.push([...faces].map(([index, { status }]) => `${index} ${status}`)),
    },
    prepare: async (/** @type {any} */ _, /** @type {Blob} */ file) => ({ file, type: 'image/jpeg' }),
    createUpload: async () => ({ id: ID, upload: { url: '', fields: {} }, max_bytes: 1 }),
    send: async () => {},
    wait: async () => ({ id: ID, status: 'done' }),
    remove: async () => {},
    go: note('go'),
    kept: async () => null,
    online: () => true,
    pause: async () => {},
    preview: () => 'blob:1',
    release: (/** @type {string} */ url) => void released.push(url),
    ...changes,
  };
  const flow = createFlow(/** @type {any} */ (parts));
  return { flow, log, released, known, last: () => log[log.length - 1], names: () => log.map(([what]) => what) };
}

export const photo = new Blob(['photo']);
