/** Passing on the link to a result. */

import { find } from '../shared/dom.js';

/**
 * @param {HTMLElement} root holds `#copy-link`, `#share-link` and `#link-text`
 * @param {(text: string) => void} say
 */
export function createShare(root, say) {
  const copy = find(root, '#copy-link', HTMLButtonElement);
  const share = find(root, '#share-link', HTMLButtonElement);
  const shown = find(root, '#link-text', HTMLInputElement);
  const data = { title: 'BRAIN', url: '' };

  share.hidden = !navigator.share;
  share.addEventListener('click', () => {
    // A person who closes the share sheet has changed their mind: nothing to report.
    navigator.share(data).catch(() => undefined);
  });
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(data.url);
      say('Link copied. Whoever has it can see and delete this result.');
    } catch {
      shown.hidden = false;
      shown.select();
      say('Copy the link from the field.');
    }
  });

  return {
    /** @param {string} url */
    setLink(url) {
      data.url = url;
      shown.value = url;
      shown.hidden = true;
    },
  };
}
