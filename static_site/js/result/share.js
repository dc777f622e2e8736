/** Passing on the link to a result. */

import { find } from '../shared/dom.js';
import { texts } from '../shared/texts.js';

/**
 * @param {HTMLElement} root holds `#copy-link`, `#share-link` and `#link-text`
 * @param {(text: string) => void} notify
 */
export function createShare(root, notify) {
  const copy = find(root, '#copy-link', HTMLButtonElement);
  const share = find(root, '#share-link', HTMLButtonElement);
  const field = find(root, '#link-text', HTMLInputElement);
  const data = { title: 'BRAIN', url: '' };

  share.hidden = !navigator.share;
  share.addEventListener('click', () => {
    // Closing the share sheet rejects as well; there is nothing to report.
    navigator.share(data).catch(() => undefined);
  });
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(data.url);
      notify(texts.share.copied);
    } catch {
      field.hidden = false;
      field.select();
      notify(texts.share.copyYourself);
    }
  });

  return {
    /** @param {string} url */
    setLink(url) {
      data.url = url;
      field.value = url;
      field.hidden = true;
    },
  };
}
