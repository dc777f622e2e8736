/** The view for whatever went wrong: what, what to do, and a way out. */

import { find } from '../shared/dom.js';

/**
 * @param {HTMLElement} root
 * @param {{onAnother: () => void}} events another photo is wanted
 */
export function createErrorView(root, { onAnother }) {
  const another = find(root, '#choose-another', HTMLButtonElement);
  const retry = find(root, '#retry', HTMLButtonElement);
  const image = find(root, 'img', HTMLImageElement);
  let again = () => {};
  retry.addEventListener('click', () => again());
  another.addEventListener('click', onAnother);

  return {
    /**
     * @param {import('../shared/errors.js').PageError} failure
     * @param {import('../shared/types.js').Photo | null} photo
     * @param {(() => void) | null} onRetry null when trying again cannot help
     */
    show(failure, photo, onRetry) {
      find(root, 'h1', HTMLElement).textContent = failure.title;
      find(root, '.hint', HTMLElement).textContent = failure.hint;
      find(root, '.technical', HTMLElement).textContent = technical(failure);
      root.classList.toggle('with-photo', photo !== null);
      image.hidden = !photo;
      if (photo) image.src = photo.url;
      retry.hidden = !onRetry;
      another.classList.toggle('primary', !onRetry);
      again = onRetry ?? (() => {});
    },
  };
}

/** @param {import('../shared/errors.js').PageError} failure */
function technical({ code, reason, detail }) {
  return code || detail ? [code ? `Error ${code}` : '', reason, detail].filter(Boolean).join(' · ') : '';
}
