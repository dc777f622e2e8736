/** Numbers in English. */

export const number = (/** @type {number} */ value) => value.toLocaleString('en');
export const plural = (/** @type {number} */ count, /** @type {string} */ singular, /** @type {string} */ several) =>
  `${number(count)} ${count === 1 ? singular : several}`;
