/** Choosing two photos that are to be compared. */

import { find } from '../shared/dom.js';
import { listenToInput } from '../upload/photo-input.js';

/**
 * @param {HTMLElement} root the section of index.html
 * @param {{onPair: (photo: File, other: File) => void}} events
 */
export function createPairView(root, { onPair }) {
  const compare = find(root, '#compare', HTMLButtonElement);
  const slots = [...root.querySelectorAll('label')].map((label) => ({
    label,
    image: find(label, 'img', HTMLImageElement),
    /** @type {File | null} */
    file: null,
  }));

  /** @param {File} file @param {typeof slots[0]} [slot] the first empty one, otherwise the second */
  function take(file, slot = slots.find((other) => !other.file) ?? slots[1]) {
    if (slot.file) URL.revokeObjectURL(slot.image.src);
    slot.file = file;
    slot.image.src = URL.createObjectURL(file);
    slot.label.classList.add('chosen');
    compare.disabled = slots.some((other) => !other.file);
  }

  for (const slot of slots) {
    const input = find(root, `#${slot.label.htmlFor}`, HTMLInputElement);
    listenToInput(input, (files) => {
      if (files?.length) take(files[0], slot);
    });
    // A photo that this browser cannot show may still be one that the server can read.
    slot.image.addEventListener('error', () => slot.image.removeAttribute('src'));
  }
  compare.addEventListener('click', () => {
    const [photo, other] = slots.map(({ file }) => file);
    if (photo && other) onPair(photo, other);
  });

  return { take };
}
