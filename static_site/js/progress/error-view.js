/** The view for an error: what happened, what to do, and a way out. */

import { find } from '../shared/dom.js';
import { texts } from '../shared/texts.js';

/** @typedef {Pick<import('../shared/errors.js').PageError, 'title' | 'hint' | 'code' | 'reason' | 'detail'>} PageError */

/**
 * @param {HTMLElement} root
 * @param {{onAnother: (partner: string | null) => void}} events another photo is wanted
 */
export function createErrorView(root, { onAnother }) {
  const another = find(root, '#choose-another', HTMLButtonElement);
  const retry = find(root, '#retry', HTMLButtonElement);
  const image = find(root, 'img', HTMLImageElement);
  /** @type {(() => void) | null} */
  let again = null;
  retry.addEventListener('click', () => again?.());
  /** @type {string | null} */
  let partner = null;
  another.addEventListener('click', () => onAnother(partner));

  return {
    /**
     * @param {PageError} error
     * @param {import('../shared/types.js').Photo | null} photo
     * @param {(() => void) | null} onRetry null when trying again cannot help
     * @param {string | null} comparedWith id of the result that another photo is to be compared with
     */
    show(error, photo, onRetry, comparedWith) {
      find(root, 'h1', HTMLElement).textContent = error.title;
      find(root, '.hint', HTMLElement).textContent = error.hint;
      find(root, '.technical', HTMLElement).textContent = technicalDetails(error);
      root.classList.toggle('with-photo', photo !== null);
      image.hidden = !photo;
      if (photo) image.src = photo.url;
      retry.hidden = !onRetry;
      another.classList.toggle('primary', !onRetry);
      again = onRetry;
      partner = comparedWith;
    },
  };
}

/** @param {PageError} error */
function technicalDetails({ code, reason, detail }) {
  return code || detail ? [code ? texts.failure.code(code) : '', reason, detail].filter(Boolean).join(' · ') : '';
}
