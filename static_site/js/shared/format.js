/** Numbers, sizes and dates for reading. */

import { bestLanguage, texts } from './texts.js';

/** @param {number} fraction 0 to 1 @returns {string} with no space where a line may break */
export function percent(fraction) {
  if (fraction > 0 && fraction < 0.01) return '<\u00a01\u00a0%';
  if (fraction < 1 && fraction > 0.99) return '>\u00a099\u00a0%';
  return `${Math.round(fraction * 100)}\u00a0%`;
}

/**
 * @param {number} value 0 to 1; may have been rounded to either
 * @returns {string} never 0 % or 100 %, which no network gives
 */
export function probabilityText(value) {
  return percent(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, value)));
}

/** @param {string} text @returns {string} with every number kept on one line with its percent sign */
export function keepTogether(text) {
  return text.replace(/(\d) %/g, '$1\u00a0%');
}

/** @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1024) return texts.units.bytes(bytes);
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  const size = bytes / (1024 * 1024);
  return `${size < 10 && !Number.isInteger(size) ? decimal(size) : Math.round(size)} MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0.0005) return '< 1 ms';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds < 10 ? decimal(seconds) : Math.round(seconds)} s`;
}

/**
 * @param {number} value
 * @param {number} [places] after the point
 */
export function decimal(value, places = 1) {
  return value.toFixed(places).replace('.', texts.units.decimal);
}

/** @returns {string} the page's language as the visitor's own region writes it, which matters for dates */
export function locale() {
  return navigator.languages.find((tag) => bestLanguage([tag]) === texts.code) ?? texts.code;
}

/** @param {string} text such as `gc_map` @returns {string} such as `Gc map` */
export function readable(text) {
  const words = text.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
