/** Uploading the photo straight to the bucket, with progress. */

import { pageError } from '../shared/errors.js';

/**
 * POST a photo with a presigned form.
 *
 * @param {AbortSignal} signal
 * @param {{url: string, fields: Record<string, string>}} upload
 * @param {Blob} file
 * @param {(sent: number) => void} onProgress fraction sent, 0 to 1
 * @returns {Promise<void>}
 * @throws {import('../shared/errors.js').PageError} refused or interrupted
 */
export function sendPhoto(signal, upload, file, onProgress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file);
  // fetch reports no upload progress; XMLHttpRequest does.
  const request = new XMLHttpRequest();
  const cancel = () => request.abort();
  signal.addEventListener('abort', cancel, { once: true });
  /** @type {Promise<void>} */
  const sent = new Promise((resolve, reject) => {
    signal.throwIfAborted();
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(pageError('interrupted'));
    request.onabort = () => reject(signal.reason);
    request.open('POST', upload.url);
    request.send(form);
  });
  return sent.finally(() => signal.removeEventListener('abort', cancel));
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? '';
  if (code === 'EntityTooLarge') return pageError('too-large', { detail: code });
  const reason = request.status >= 500 ? 'server' : 'upload-refused';
  return pageError(reason, { detail: `${request.status} ${code}`.trim() });
}
