/** What a file is, by its first bytes and whatever its name. */

import { pageError } from '../shared/errors.js';
import { fileSize } from '../shared/format.js';
import { texts } from '../shared/texts.js';

/** The explainer's default limit. The server decides. */
export const MAX_BYTES = 20 * 1024 * 1024;

const HEAD_BYTES = 64;

const AVIF_BRANDS = new Set(['avif', 'avis']);
// The last three are general: an AVIF file that has one of them has its own beside it.
const HEIC_BRANDS = new Set(
  ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1'],
);

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} length
 */
function ascii(bytes, start, length) {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

/**
 * @param {Uint8Array} bytes the first bytes of a file, 12 or more where it has them
 * @returns {'image/jpeg' | 'image/png' | 'image/webp' | null} null when it is none of these
 */
export function detectFileType(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'image/webp';
  return null;
}

/**
 * The brands in a file's first box, as HEIC and AVIF files have them: the major one, then the compatible ones.
 *
 * @param {Uint8Array} bytes the first bytes of a file
 * @returns {string[]} none when it is a file of another kind
 */
function isoBrands(bytes) {
  if (ascii(bytes, 4, 4) !== 'ftyp') return [];
  const end = Math.min((bytes[2] << 8) | bytes[3], bytes.length);
  const starts = [8];
  for (let start = 16; start + 4 <= end; start += 4) starts.push(start);
  return starts.map((start) => ascii(bytes, start, 4));
}

/**
 * A hint that fits what the file appears to be instead of a photo.
 *
 * @param {Uint8Array} bytes the first bytes of a file
 * @returns {string | undefined} undefined when nothing is known about it
 */
export function unsupportedTypeHint(bytes) {
  const brands = isoBrands(bytes);
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return texts.fileHints.avif;
  if (brands.some((brand) => HEIC_BRANDS.has(brand))) return texts.fileHints.heic;
  if (ascii(bytes, 0, 4) === 'GIF8') return texts.fileHints.gif;
  if (ascii(bytes, 0, 4) === '%PDF') return texts.fileHints.pdf;
  return undefined;
}

/**
 * Check that a file can be read and has content.
 *
 * @param {AbortSignal} signal
 * @param {Blob} file
 * @returns {Promise<Uint8Array>} its first bytes
 * @throws {import('../shared/errors.js').PageError} empty, or not readable
 */
export async function checkContent(signal, file) {
  if (file.size === 0) throw pageError('empty');
  const head = await readHead(file);
  signal.throwIfAborted();
  return head;
}

/**
 * Check a file that is to be uploaded as it is.
 *
 * @param {AbortSignal} signal
 * @param {Blob} file
 * @param {number} [limit] bytes
 * @returns {Promise<string>} the content type that its bytes show
 * @throws {import('../shared/errors.js').PageError} empty, too large, not readable, or not a supported photo
 */
export async function checkPhoto(signal, file, limit = MAX_BYTES) {
  const head = await checkContent(signal, file);
  if (file.size > limit) {
    throw pageError('too-large', { hint: texts.fileHints.tooLarge(fileSize(file.size), fileSize(limit)) });
  }
  const type = detectFileType(head);
  if (!type) throw pageError('unsupported-type', { hint: unsupportedTypeHint(head) });
  return type;
}

/** @param {Blob} file */
async function readHead(file) {
  try {
    return new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  } catch (error) {
    throw pageError('unreadable-file', { detail: String(error) });
  }
}
