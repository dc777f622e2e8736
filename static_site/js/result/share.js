/** Passing on a result: its link, a picture of it, or both. */

import { find, make } from '../shared/dom.js';
import { NEVER, sleep } from '../shared/sleep.js';
import { texts } from '../shared/texts.js';

/** If drawing the picture takes longer, the link is shared alone. */
const DRAWING_MS = 1500;
/** Name of the picture's file. */
const NAME = 'brain.png';

/**
 * @param {HTMLElement} root holds `#copy-link`, `#share-link`, `#save-picture` and `#link-text`
 * @param {object} events
 * @param {(text: string) => void} events.notify
 * @param {() => Promise<Blob | null>} events.drawPicture
 */
export function createShare(root, { notify, drawPicture }) {
  const copy = find(root, '#copy-link', HTMLButtonElement);
  const share = find(root, '#share-link', HTMLButtonElement);
  const field = find(root, '#link-text', HTMLInputElement);
  const data = { title: 'BRAIN', url: '' };

  share.hidden = !navigator.share;
  share.addEventListener('click', async () => {
    // Browsers open the sheet only shortly after the click.
    const late = sleep(NEVER, DRAWING_MS).then(() => null);
    const picture = await Promise.race([drawPicture().catch(() => null), late]);
    const files = picture ? [new File([picture], NAME, { type: picture.type })] : [];
    const both = { ...data, files };
    // Closing the share sheet rejects as well; there is nothing to report.
    navigator.share(picture && navigator.canShare?.(both) ? both : data).catch(() => undefined);
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

  find(root, '#save-picture', HTMLButtonElement).addEventListener('click', async () => {
    const picture = await drawPicture().catch(() => null);
    if (picture) save(picture, NAME);
    else notify(texts.share.noPicture);
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

/**
 * @param {Blob} file
 * @param {string} name
 */
function save(file, name) {
  const url = URL.createObjectURL(file);
  make('a', { href: url, download: name }).click();
  // The download has begun when the click returns, but browsers read the file a little later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
